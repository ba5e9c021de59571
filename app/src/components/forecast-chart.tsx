import type { Forecast } from '../api/types.ts';
import { formatCount, formatPeriod } from '../format/format.ts';
import { t } from '../texts/text.ts';

const WIDTH = 640;
const HEIGHT = 220;
const LEFT = 44;
const RIGHT = 8;
const TOP = 10;
const BOTTOM = 26;

/** What was asked for as bars, what is expected as a line in its 80 % band. The table beside it says the same in figures. */
export function ForecastChart({ forecast }: { forecast: Forecast }) {
  const { history, points, granularity } = forecast;
  const past = history.slice(-24);
  const periods = past.length + points.length;
  const top = niceMaximum(Math.max(1, ...past.map(({ quantity }) => quantity ?? 0), ...points.map(({ q90 }) => q90)));
  const step = (WIDTH - LEFT - RIGHT) / Math.max(1, periods);
  const x = (place: number) => LEFT + (place + 0.5) * step;
  const y = (value: number) => TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / top);
  const ahead = (value: (point: Forecast['points'][number]) => number) =>
    points.map((point, index) => `${x(past.length + index).toFixed(1)},${y(value(point)).toFixed(1)}`);
  const band = [...ahead(({ q90 }) => q90), ...ahead(({ q10 }) => q10).reverse()].join(' ');
  const every = Math.max(1, Math.ceil(periods / 8));
  const starts = [...past, ...points].map(({ periodStart }) => periodStart);
  return (
    <svg class="chart" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={t.forecast.picture(periods)}>
      {[0, top / 2, top].map((value) => (
        <g key={value}>
          <line class="chart-grid" x1={LEFT} x2={WIDTH - RIGHT} y1={y(value)} y2={y(value)} />
          <text class="chart-label" x={LEFT - 6} y={y(value) + 4} text-anchor="end">
            {formatCount(value)}
          </text>
        </g>
      ))}
      {past.map(({ periodStart, quantity }, index) =>
        quantity === undefined ? null : (
          <rect
            key={periodStart}
            class="chart-bar"
            x={x(index) - step * 0.35}
            width={step * 0.7}
            y={y(Math.max(0, quantity))}
            height={y(0) - y(Math.max(0, quantity))}
          />
        ),
      )}
      {points.length > 0 && (
        <>
          <polygon class="chart-band" points={band} />
          <polyline class="chart-line" points={ahead(({ q50 }) => q50).join(' ')} />
          {points.map(({ periodStart, q50 }, index) => (
            <circle key={periodStart} class="chart-dot" cx={x(past.length + index)} cy={y(q50)} r="3" />
          ))}
        </>
      )}
      {starts.map((start, index) =>
        index % every === 0 ? (
          <text key={start} class="chart-label" x={x(index)} y={HEIGHT - 8} text-anchor="middle">
            {formatPeriod(start, granularity)}
          </text>
        ) : null,
      )}
    </svg>
  );
}

/** The next value with one leading digit that halves well. */
function niceMaximum(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  const step = [1, 1.2, 1.6, 2, 3, 4, 5, 6, 8, 10].find((factor) => factor * power >= value) ?? 10;
  return Math.max(2, step * power);
}
