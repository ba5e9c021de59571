import { canonicalJson } from '../../../src/runtime/digest.ts';
import type { CsvRow } from './csv.ts';
import { FirstRows, type ImportContext, type Importer, readByKeys, readSku } from './importer.ts';
import { planPrices, readPrice, type WantedPrice } from './price-facts.ts';

/** Prices of products that are here. */
export function priceImporter(context: ImportContext): Importer {
  let items: { row: number; price: WantedPrice; unitStated: boolean }[] = [];
  const first = new FirstRows();
  return {
    get ready() {
      return items.length;
    },
    add(row: CsvRow) {
      context.reader.read(row, (reader) => {
        const sku = readSku(context);
        reader.required('price');
        const unit = reader.text('unit')?.toUpperCase();
        const price = readPrice(context, sku, unit ?? 'EA');
        if (price === undefined) return;
        const key = [sku, price.priceListId, price.effectiveFrom].filter((part) => part !== undefined).join(' ');
        if (first.isFirst(context, key, canonicalJson(price), 'sku')) {
          items.push({ row: row.number, price, unitStated: unit !== undefined });
        }
      });
    },
    async plan() {
      const batch = items;
      items = [];
      const rows = await readByKeys(
        context.runtime,
        'SELECT sku, unit FROM products WHERE sku IN (SELECT value FROM json_each(?))',
        batch.map(({ price }) => price.sku),
      );
      const units = new Map(rows.map((row) => [String(row.sku), String(row.unit)]));
      const priced = batch.flatMap(({ row, price, unitStated }) => {
        const unit = units.get(price.sku);
        if (unit === undefined) {
          context.reader.rejectRow(
            row,
            'unknown-sku',
            `there is no product ${price.sku} here; import products first`,
            'sku',
          );
          return [];
        }
        return [{ row, price: unitStated ? price : { ...price, unit } }];
      });
      return (await planPrices(context, priced)).filter((plan) => plan !== undefined);
    },
  };
}
