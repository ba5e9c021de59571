import { DATA, field, inStretch, type Projection } from './projection.ts';

/** The newest forecast of each SKU, and how far earlier ones were off. */
export const forecasts: Projection = {
  name: 'forecasts',
  version: 1,
  tables: ['forecasts', 'forecast_errors'],
  steps: [
    {
      types: ['forecast.generated'],
      sql: `
INSERT INTO forecasts (sku, forecast_id, model_version, snapshot, generated_at, position)
SELECT e.subject, ${field('forecastId')}, ${field('model.version')}, ${DATA}, ${field('generatedAt')}, e.position
FROM events e
WHERE e.position IN (SELECT max(e.position) FROM events e WHERE ${inStretch('forecast.generated')} GROUP BY e.subject)
ORDER BY e.position
ON CONFLICT(sku) DO UPDATE SET forecast_id = excluded.forecast_id, model_version = excluded.model_version,
  snapshot = excluded.snapshot, generated_at = excluded.generated_at, position = excluded.position`,
    },
    {
      types: ['forecast.error.reported'],
      sql: `
INSERT INTO forecast_errors (sku, period_start, model_version, absolute_error, covered, stocked_out, position)
SELECT e.subject, ${field('periodStart')}, ${field('model.version')}, ${field('absoluteError')}, ${field('covered')},
  ${field('stockedOut')}, e.position
FROM events e WHERE ${inStretch('forecast.error.reported')} ORDER BY e.position
ON CONFLICT(sku, period_start) DO NOTHING`,
    },
  ],
};
