import type { ProductSnapshot } from '../../../src/events/transactional/product.ts';
import { canonicalJson } from '../../../src/runtime/digest.ts';
import type { CsvRow } from './csv.ts';
import { idOf } from './event-id.ts';
import { FirstRows, fits, type ImportContext, type Importer, type Planned, readByKeys, readSku } from './importer.ts';
import { planPrices, readPrice, type WantedPrice } from './price-facts.ts';
import type { RowReader } from './row-reader.ts';

type Content = Omit<ProductSnapshot, 'version'>;

interface Item {
  readonly row: number;
  readonly sku: string;
  /** What the row says; fields that the file has no column for are not in it. */
  readonly stated: Partial<Content> & { readonly rules: Partial<ProductSnapshot['quantityRules']> };
  readonly price: WantedPrice | undefined;
}

const STATUSES = ['active', 'discontinued', 'blocked'] as const;
const COUNT = { min: 0, max: 1_000_000_000 };
const QUANTITY = { min: 1, max: 1_000_000 };

/** Products, and their prices where the file has a column for them. */
export function productImporter(context: ImportContext): Importer {
  let items: Item[] = [];
  const first = new FirstRows();
  return {
    get ready() {
      return items.length;
    },
    add(row: CsvRow) {
      context.reader.read(row, (reader) => {
        const sku = readSku(context);
        const stated = readProduct(reader, sku);
        const price = readPrice(context, sku, stated.unit ?? 'EA', true);
        if (first.isFirst(context, sku, canonicalJson([stated, price]), 'sku')) {
          items.push({ row: row.number, sku, stated, price });
        }
      });
    },
    async plan() {
      const batch = items;
      items = [];
      const rows = await readByKeys(
        context.runtime,
        'SELECT snapshot FROM products WHERE sku IN (SELECT value FROM json_each(?))',
        batch.map((item) => item.sku),
      );
      const known = new Map<string, ProductSnapshot>();
      for (const row of rows) {
        const snapshot = JSON.parse(String(row.snapshot)) as ProductSnapshot;
        known.set(snapshot.sku, snapshot);
      }
      const products = batch.map((item) => planProduct(context, item, known.get(item.sku)));
      const priced = batch.flatMap((item, index) =>
        item.price === undefined || products[index] === undefined ? [] : [{ row: item.row, price: item.price, index }],
      );
      const prices = new Map<number, Planned | undefined>();
      (await planPrices(context, priced)).forEach((plan, at) => {
        prices.set(priced[at]?.index ?? -1, plan);
      });
      return products.flatMap((product, index) => {
        if (product === undefined) return [];
        const price = prices.get(index);
        // The reason why the price does not fit is noted; its product waits until both do.
        if (prices.has(index) && price === undefined) return [];
        return [price === undefined ? { ...product, unpriced: true } : together(product, price)];
      });
    },
  };
}

function together(product: Planned, price: Planned): Planned {
  const facts = [...product.facts, ...price.facts];
  const outcome = product.outcome === 'created' ? 'created' : facts.length > 0 ? 'changed' : 'unchanged';
  return { rows: 1, outcome, facts };
}

function readProduct(reader: RowReader, sku: string): Item['stated'] {
  const status = reader.text('status')?.toLowerCase();
  if (status !== undefined && !(STATUSES as readonly string[]).includes(status)) {
    reader.reject('unknown-status', `"${status}" is none of ${STATUSES.join(', ')}`, 'status');
  }
  const stated = {
    sku,
    name: reader.required('name'),
    description: reader.text('description') ?? (reader.has('description') ? '' : undefined),
    category: reader
      .text('category')
      ?.split(/\s*[/>]\s*/)
      .filter((part) => part !== ''),
    brand: reader.text('brand'),
    unit: reader.text('unit')?.toUpperCase(),
    status: status as ProductSnapshot['status'] | undefined,
    supersededBy: reader.text('supersededBy'),
    gtin: reader.text('gtin'),
    weightGrams: reader.whole('weightGrams', COUNT),
    leadTimeDays: reader.whole('leadTimeDays', COUNT),
    attributes: reader.attributes(),
    imageUrl: reader.text('imageUrl'),
  };
  const rules = {
    minimum: reader.whole('minimum', QUANTITY),
    maximum: reader.whole('maximum', QUANTITY),
    increment: reader.whole('increment', QUANTITY),
  };
  return { ...defined(stated), rules: defined(rules) };
}

function planProduct(context: ImportContext, item: Item, known: ProductSnapshot | undefined): Planned | undefined {
  const { rules, ...stated } = item.stated;
  const base = known ?? { name: item.sku, description: '', category: ['General'], unit: 'EA', status: 'active' };
  const { version = 0, ...before } = { ...base, ...(known === undefined ? {} : { version: known.version }) };
  const content = {
    ...before,
    ...stated,
    quantityRules: { minimum: 1, increment: 1, ...known?.quantityRules, ...rules },
  };
  if (known !== undefined && canonicalJson(before) === canonicalJson(content)) {
    return { rows: 1, outcome: 'unchanged', facts: [] };
  }
  const data = { ...content, version: version + 1 };
  if (!fits(context, item.row, 'product.updated', 1, data)) return undefined;
  const id = idOf('import', 'products', context.runtime.identity.dealerId, data);
  return {
    rows: 1,
    outcome: known === undefined ? 'created' : 'changed',
    facts: [{ id, type: 'product.updated', time: context.now, data, history: true }],
  };
}

/** Without the members that are undefined. */
function defined<T extends object>(value: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as {
    [Key in keyof T]?: Exclude<T[Key], undefined>;
  };
}
