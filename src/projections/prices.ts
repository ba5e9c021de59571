import { DATA, field, inStretch, type Projection } from './projection.ts';

/** Every price of every list, with its period: the ones in force, the coming ones and the history. */
export const prices: Projection = {
  name: 'prices',
  version: 1,
  tables: ['prices'],
  steps: [
    {
      types: ['price.changed'],
      sql: `
INSERT INTO prices (sku, price_list_id, version, effective_from, effective_to, snapshot, position)
SELECT e.subject, ${field('priceListId')}, ${field('version')}, ${field('effectiveFrom')}, ${field('effectiveTo')}, ${DATA}, e.position
FROM events e WHERE ${inStretch('price.changed')} ORDER BY e.position
ON CONFLICT(sku, price_list_id, version) DO UPDATE SET effective_from = excluded.effective_from,
  effective_to = excluded.effective_to, snapshot = excluded.snapshot, position = excluded.position`,
    },
  ],
};
