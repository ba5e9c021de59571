import type { InventoryChanged } from '../../../src/events/transactional/inventory.ts';
import { canonicalJson } from '../../../src/runtime/digest.ts';
import type { CsvRow } from './csv.ts';
import { idOf } from './event-id.ts';
import { FirstRows, fits, type ImportContext, type Importer, type Planned, readByKeys, readSku } from './importer.ts';

interface Item {
  readonly row: number;
  readonly sku: string;
  readonly quantity: number;
  readonly unit: string | undefined;
  readonly countedAt: string | undefined;
}

const ON_HAND = { min: 0, max: 1_000_000_000 };

/**
 * Counted stock of products that are here. The count replaces what is on hand; what was promised to orders stays
 * promised, so these facts are merged with the state here when they are logged.
 */
export function stockImporter(context: ImportContext): Importer {
  let items: Item[] = [];
  const first = new FirstRows();
  return {
    get ready() {
      return items.length;
    },
    add(row: CsvRow) {
      context.reader.read(row, (reader) => {
        const sku = readSku(context);
        reader.required('quantity');
        const item = {
          row: row.number,
          sku,
          quantity: reader.whole('quantity', ON_HAND) ?? 0,
          unit: reader.text('unit')?.toUpperCase(),
          countedAt: reader.instant('countedAt'),
        };
        if (first.isFirst(context, sku, canonicalJson({ ...item, row: 0 }), 'sku')) items.push(item);
      });
    },
    async plan() {
      const batch = items;
      items = [];
      const rows = await readByKeys(
        context.runtime,
        `SELECT p.sku, p.unit, s.on_hand, s.version FROM products p LEFT JOIN stock s ON s.sku = p.sku
         WHERE p.sku IN (SELECT value FROM json_each(?))`,
        batch.map((item) => item.sku),
      );
      const known = new Map(
        rows.map((row) => [
          String(row.sku),
          {
            unit: String(row.unit),
            onHand: row.on_hand === null ? undefined : Number(row.on_hand),
            version: Number(row.version ?? 0),
          },
        ]),
      );
      return batch.flatMap((item) => planStock(context, item, known.get(item.sku)));
    },
  };
}

function planStock(
  context: ImportContext,
  item: Item,
  known: { unit: string; onHand: number | undefined; version: number } | undefined,
): Planned[] {
  if (known === undefined) {
    context.reader.rejectRow(
      item.row,
      'unknown-sku',
      `there is no product ${item.sku} here; import products first`,
      'sku',
    );
    return [];
  }
  if (known.onHand === item.quantity) return [{ rows: 1, outcome: 'unchanged', facts: [] }];
  const { identity } = context.runtime;
  const reference = `${item.sku}-${known.version + 1}`
    .replaceAll(/[^A-Za-z0-9._:/-]/g, '_')
    .replace(/^[^A-Za-z0-9]+/, '');
  const data: InventoryChanged = {
    sku: item.sku,
    locationId: identity.locationId,
    unit: item.unit ?? known.unit,
    movement: {
      kind: 'adjust',
      quantity: item.quantity - (known.onHand ?? 0),
      reason: 'imported count',
      reference: { kind: 'import', id: reference === '' ? 'count' : reference },
    },
    onHand: item.quantity,
    reserved: 0,
    available: item.quantity,
    backordered: 0,
    version: known.version + 1,
    occurredAt: item.countedAt ?? context.now,
  };
  if (!fits(context, item.row, 'inventory.changed', 1, data)) return [];
  // Without the time of the import, so that a count that is imported again is the same one.
  const id = idOf(
    'import',
    'stock',
    identity.dealerId,
    known.version + 1,
    item.sku,
    item.quantity,
    item.countedAt ?? null,
  );
  const outcome = known.onHand === undefined ? 'created' : 'changed';
  return [
    { rows: 1, outcome, facts: [{ id, type: 'inventory.changed', time: data.occurredAt, data, history: false }] },
  ];
}
