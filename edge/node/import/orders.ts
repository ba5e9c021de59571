import { limits } from '../../../src/core/limits.ts';
import { currencyExponent } from './amount.ts';
import type { CsvRow } from './csv.ts';
import { idOf } from './event-id.ts';
import { type ImportContext, type Importer, type Planned, readByKeys, readSku } from './importer.ts';
import { eventIdsOf, historyFacts, type OrderPart } from './order-facts.ts';

/** A line of an order as a row states it. */
export interface OrderRow {
  readonly row: number;
  readonly sku: string;
  readonly name: string | undefined;
  readonly unit: string | undefined;
  readonly quantity: number;
  readonly unitPriceMinor: number;
  readonly currency: string;
  readonly placedAt: string;
  readonly poNumber: string | undefined;
  readonly note: string | undefined;
}

export interface OrderOptions {
  /** Takes orders of SKUs that have no product here. */
  readonly allowUnknownSkus: boolean;
  /** Also imports that each order was shipped. */
  readonly shipped: boolean;
  /** How many rows each order has in the file. */
  readonly rowsOf: ReadonlyMap<string, number>;
}

interface Group {
  readonly order: string;
  seen: number;
  readonly rows: OrderRow[];
}

const QUANTITY = { min: -1_000_000, max: 1_000_000 };
const ORDER_NUMBER = /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,110}$/;

/** Past orders: the rows of one order number are one order, accepted and shipped, wherever they stand in the file. */
export function orderImporter(context: ImportContext, options: OrderOptions): Importer {
  const { reader, runtime } = context;
  const open = new Map<string, Group>();
  let complete: Group[] = [];

  const readRow = (row: CsvRow): OrderRow | undefined =>
    reader.read(row, () => {
      const order = reader.required('order');
      if (!ORDER_NUMBER.test(order)) {
        reader.reject(
          'not-an-order-number',
          `"${order}" is no order number; letters, digits and . _ : / - only`,
          'order',
        );
      }
      const sku = readSku(context);
      reader.required('quantity');
      const quantity = reader.whole('quantity', QUANTITY) ?? 0;
      if (quantity < 0) {
        reader.reject(
          'return',
          `${quantity} is a return or cancellation; orders take what was ordered, so leave it out`,
          'quantity',
        );
      }
      if (quantity === 0) reader.reject('too-small', 'an order line has a quantity of 1 or more', 'quantity');
      reader.required('date');
      const placedAt = reader.instant('date') ?? '';
      if (placedAt > context.now) reader.reject('in-the-future', `${placedAt} is yet to come; mend the date`, 'date');
      const currency = reader.text('currency') ?? context.currency;
      if (currency === undefined)
        return reader.reject('missing', 'no currency; import with --currency EUR', 'currency');
      if (!/^[A-Z]{3}$/.test(currency))
        reader.reject('not-a-currency', `"${currency}" is no ISO 4217 code such as EUR`, 'currency');
      reader.required('price');
      const unitPriceMinor = reader.amount('price', currencyExponent(currency)) ?? 0;
      if (unitPriceMinor <= 0) {
        reader.reject(
          'price-not-positive',
          'a line that was sold has a price above 0; mend it or leave the row out',
          'price',
        );
      }
      return {
        row: row.number,
        sku,
        name: reader.text('name')?.slice(0, 300),
        unit: reader.text('unit')?.toUpperCase(),
        quantity,
        unitPriceMinor,
        currency,
        placedAt,
        poNumber: reader.text('poNumber')?.slice(0, 60),
        note: reader.text('note')?.slice(0, 1000),
      };
    });

  return {
    get ready() {
      return complete.length;
    },
    add(row) {
      const line = readRow(row);
      const order = reader.text('order') ?? '';
      const group = open.get(order) ?? { order, seen: 0, rows: [] };
      open.set(order, group);
      group.seen += 1;
      if (line !== undefined) group.rows.push(line);
      if (group.seen < (options.rowsOf.get(order) ?? 0)) return;
      open.delete(order);
      if (group.rows.length > 0) complete.push(group);
    },
    async plan() {
      const groups = complete;
      complete = [];
      const products = await productsOf(context, groups);
      const parts = groups.flatMap((group) => partsOf(context, group, products, options));
      const placed = await readByKeys(
        runtime,
        "SELECT subject, id FROM events WHERE type = 'order.placed' AND subject IN (SELECT value FROM json_each(?))",
        parts.map((part) => part.orderId),
      );
      const known = new Map(placed.map((row) => [String(row.subject), String(row.id)]));
      return parts.flatMap((part): Planned[] => {
        const there = known.get(part.orderId);
        if (there !== undefined && there !== eventIdsOf(part).placed) {
          for (const line of part.rows) {
            reader.rejectRow(
              line.row,
              'order-changed',
              `order ${part.orderNumber} was imported with other lines; what was ordered does not change`,
              'order',
            );
          }
          return [];
        }
        const outcome = there === undefined ? 'created' : 'unchanged';
        return [{ rows: part.rows.length, outcome, facts: historyFacts(context, part, options.shipped) }];
      });
    },
  };
}

type Products = ReadonlyMap<string, { readonly name: string; readonly unit: string }>;

async function productsOf(context: ImportContext, groups: readonly Group[]): Promise<Products> {
  const skus = new Set(groups.flatMap((group) => group.rows.map((row) => row.sku)));
  const rows = await readByKeys(
    context.runtime,
    'SELECT sku, name, unit FROM products WHERE sku IN (SELECT value FROM json_each(?))',
    [...skus],
  );
  return new Map(rows.map((row) => [String(row.sku), { name: String(row.name), unit: String(row.unit) }]));
}

/** The order of a group, or several when it has more lines than an order may have. */
function partsOf(context: ImportContext, group: Group, products: Products, options: OrderOptions): OrderPart[] {
  const { reader, runtime } = context;
  const currency = group.rows[0]?.currency;
  const rows = group.rows.filter((row) => {
    if (row.currency !== currency) {
      reader.rejectRow(
        row.row,
        'other-currency',
        `the order is in ${currency}; one order has one currency`,
        'currency',
      );
      return false;
    }
    if (products.has(row.sku) || options.allowUnknownSkus) return true;
    reader.rejectRow(
      row.row,
      'unknown-sku',
      `there is no product ${row.sku} here; import products first, or say --allow-unknown-skus`,
      'sku',
    );
    return false;
  });
  const parts: OrderPart[] = [];
  for (let start = 0; start < rows.length; start += limits.orderLines) {
    const part = parts.length + 1;
    parts.push({
      dealerId: runtime.identity.dealerId,
      orderNumber: part === 1 ? group.order : `${group.order}/${part}`,
      orderId: idOf('import', 'orders', runtime.identity.dealerId, group.order, part),
      currency: currency ?? '',
      rows: rows.slice(start, start + limits.orderLines).map((row) => ({
        ...row,
        name: row.name ?? products.get(row.sku)?.name ?? row.sku,
        unit: row.unit ?? products.get(row.sku)?.unit ?? 'EA',
      })),
    });
  }
  return parts;
}
