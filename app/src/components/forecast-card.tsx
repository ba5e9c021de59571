import { box } from '../api/box.ts';
import { Refusal } from '../api/http.ts';
import type { Forecast } from '../api/types.ts';
import { formatCount, formatDay, formatPeriod } from '../format/format.ts';
import { useReloadOn } from '../state/reload-on.ts';
import { useResource } from '../state/resource.ts';
import { t } from '../texts/text.ts';
import { ForecastChart } from './forecast-chart.tsx';
import { Failed, Loading } from './states.tsx';

/** The demand of a product: picture, table, and when to order. */
export function ForecastCard({ sku }: { sku: string }) {
  const found = useResource(sku, (signal) => box.forecast(sku, signal));
  useReloadOn(found.reload, ({ type, subject }) => type === 'forecast.generated' && subject === sku);
  return (
    <section>
      <h2>{t.forecast.title}</h2>
      {found.data !== undefined ? (
        <Known forecast={found.data} />
      ) : found.error instanceof Refusal && found.error.status === 404 ? (
        <p class="muted">{t.forecast.none}</p>
      ) : found.error !== undefined ? (
        <Failed error={found.error} retry={found.reload} />
      ) : (
        <Loading rows={3} />
      )}
    </section>
  );
}

function Known({ forecast }: { forecast: Forecast }) {
  const { points, granularity, replenishment, errors, method, model, generatedAt, unit } = forecast;
  return (
    <div class="card forecast">
      {replenishment !== undefined && replenishment.orderUpTo > 0 && (
        <p class="forecast-advice">
          {t.forecast.advice(formatCount(replenishment.reorderPoint), formatCount(replenishment.orderUpTo))}
        </p>
      )}
      <ForecastChart forecast={forecast} />
      <p class="legend muted">
        <span class="legend-bar" aria-hidden="true" /> {t.forecast.past}
        <span class="legend-line" aria-hidden="true" /> {t.forecast.expected}
        <span class="legend-band" aria-hidden="true" /> {t.forecast.band}
      </p>
      <details>
        <summary>{t.forecast.figures}</summary>
        <table class="table">
          <thead>
            <tr>
              <th scope="col">{granularity === 'month' ? t.forecast.month : t.forecast.week}</th>
              <th scope="col" class="number">
                {t.forecast.expectedIn(t.units[unit] ?? unit)}
              </th>
              <th scope="col" class="number">
                {t.forecast.likely}
              </th>
            </tr>
          </thead>
          <tbody>
            {points.map(({ periodStart, q10, q50, q90 }) => (
              <tr key={periodStart}>
                <th scope="row">{formatPeriod(periodStart, granularity)}</th>
                <td class="number">{formatCount(Math.round(q50))}</td>
                <td class="number">
                  {formatCount(Math.round(q10))}–{formatCount(Math.round(q90))}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
      <p class="muted forecast-source">
        {errors !== undefined &&
          `${t.forecast.off(errors.periods, formatCount(Math.round(errors.meanAbsoluteError)))} · `}
        {t.forecast.source(method, model.version, formatDay(generatedAt))}
      </p>
    </div>
  );
}
