import { DATA, field, inStretch, type Projection } from './projection.ts';

/** Promotions, the latest version of each, with their dates. */
export const promotions: Projection = {
  name: 'promotions',
  version: 1,
  tables: ['promotions'],
  steps: [
    {
      types: ['promotion.activated'],
      sql: `
INSERT INTO promotions (promotion_id, active_from, active_to, snapshot, position)
SELECT e.subject, ${field('activeFrom')}, ${field('activeTo')}, ${DATA}, e.position
FROM events e WHERE ${inStretch('promotion.activated')} ORDER BY e.position
ON CONFLICT(promotion_id) DO UPDATE SET active_from = excluded.active_from, active_to = excluded.active_to,
  snapshot = excluded.snapshot, position = excluded.position`,
    },
  ],
};
