import { DATA, field, inStretch, type Projection } from './projection.ts';

/** The newest output of the recommender, one of each kind. */
export const suggestions: Projection = {
  name: 'suggestions',
  version: 1,
  tables: ['suggestions'],
  steps: [
    {
      types: ['recommender.output'],
      sql: `
INSERT INTO suggestions (kind, recommendation_id, snapshot, generated_at, position)
SELECT ${field('kind')}, e.subject, ${DATA}, ${field('generatedAt')}, e.position
FROM events e WHERE ${inStretch('recommender.output')} ORDER BY e.position
ON CONFLICT(kind) DO UPDATE SET recommendation_id = excluded.recommendation_id, snapshot = excluded.snapshot,
  generated_at = excluded.generated_at, position = excluded.position`,
    },
  ],
};
