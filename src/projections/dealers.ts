import { DATA, field, inStretch, type Projection } from './projection.ts';

const upsert = (type: string) => `
INSERT INTO dealers (dealer_id, name, segment, currency, price_list_id, profile, position)
SELECT e.subject, ${field('name')}, ${field('segment')}, ${field('currency')}, ${field('priceListId')}, ${DATA}, e.position
FROM events e WHERE ${inStretch(type)} ORDER BY e.position
ON CONFLICT(dealer_id) DO UPDATE SET name = excluded.name, segment = excluded.segment, currency = excluded.currency,
  price_list_id = excluded.price_list_id, profile = excluded.profile, position = excluded.position
WHERE excluded.position > dealers.position`;

/** Dealer profiles, the latest of each. */
export const dealers: Projection = {
  name: 'dealers',
  version: 1,
  tables: ['dealers'],
  steps: [
    { types: ['dealer.created'], sql: upsert('dealer.created') },
    { types: ['dealer.updated'], sql: upsert('dealer.updated') },
  ],
};
