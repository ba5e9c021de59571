import { inSubjectIndex } from '../store/log.ts';
import { DATA, field, inStretch, type Projection } from './projection.ts';

const TYPE = 'product.updated';

/** Only the last event of each product in the stretch counts, so a rebuild writes every product once. */
const LAST_OF_EACH = `e.position IN (SELECT max(e.position) FROM events e WHERE ${inStretch(TYPE)} GROUP BY e.subject)`;

const CHANGED = `SELECT p.number FROM events e JOIN products p ON p.sku = e.subject WHERE ${inStretch(TYPE)}`;

const CATEGORY_PATH = `(SELECT group_concat(c.value, ' / ') FROM json_each(${DATA}, '$.category') c)`;

/** Products, and the full-text index over them. */
export const products: Projection = {
  name: 'products',
  version: 1,
  tables: ['products', 'products_fts'],
  steps: [
    {
      types: [TYPE],
      sql: `
INSERT INTO products (number, sku, name, description, category, unit, status, snapshot, updated_at, position)
SELECT (SELECT min(f.position) FROM events f WHERE f.subject = e.subject AND ${inSubjectIndex('f.type')} AND f.type = '${TYPE}'),
  e.subject, ${field('name')}, ${field('description')}, ${CATEGORY_PATH}, ${field('unit')}, ${field('status')}, ${DATA}, e.time, e.position
FROM events e WHERE ${LAST_OF_EACH} ORDER BY e.position
ON CONFLICT(sku) DO UPDATE SET name = excluded.name, description = excluded.description, category = excluded.category,
  unit = excluded.unit, status = excluded.status, snapshot = excluded.snapshot, updated_at = excluded.updated_at,
  position = excluded.position`,
    },
    { types: [TYPE], sql: `DELETE FROM products_fts WHERE rowid IN (${CHANGED})` },
    {
      types: [TYPE],
      sql: `INSERT INTO products_fts (rowid, sku, name, description, category)
SELECT number, sku, name, description, category FROM products WHERE number IN (${CHANGED}) ORDER BY number`,
    },
  ],
};
