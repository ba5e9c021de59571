/** A process of its own that places orders on a database file: `place-orders.ts <folder> <SKU> <count> <key prefix>`. */
import { codeOf } from './code-of.ts';
import { openBox } from './edge-box.ts';

const [folder = '', sku = '', count = '0', prefix = ''] = process.argv.slice(2);
const box = await openBox({ folder });
const codes: string[] = [];
for (let index = 0; index < Number(count); index += 1) {
  const place = () =>
    box.runtime.execute('place-order', { lines: [{ sku, quantity: 1 }] }, { idempotencyKey: `${prefix}-${index}` });
  codes.push(await codeOf(place()));
}
await box.close();
process.stdout.write(JSON.stringify(codes));
