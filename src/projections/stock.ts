import { field, inStretch, type Projection } from './projection.ts';

const TYPE = 'inventory.changed';

/** Stock now. Each movement carries the state after it, so the last one of each SKU is the row. */
export const stock: Projection = {
  name: 'stock',
  version: 1,
  tables: ['stock'],
  steps: [
    {
      types: [TYPE],
      sql: `
INSERT INTO stock (sku, location_id, unit, on_hand, reserved, available, backordered, version, changed_at, position)
SELECT e.subject, ${field('locationId')}, ${field('unit')}, ${field('onHand')}, ${field('reserved')}, ${field('available')},
  ${field('backordered')}, ${field('version')}, ${field('occurredAt')}, e.position
FROM events e
WHERE e.position IN (SELECT max(e.position) FROM events e WHERE ${inStretch(TYPE)} GROUP BY e.subject)
ORDER BY e.position
ON CONFLICT(sku) DO UPDATE SET location_id = excluded.location_id, unit = excluded.unit, on_hand = excluded.on_hand,
  reserved = excluded.reserved, available = excluded.available, backordered = excluded.backordered,
  version = excluded.version, changed_at = excluded.changed_at, position = excluded.position`,
    },
  ],
};
