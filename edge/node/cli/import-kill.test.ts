import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runCli, startCli } from '../../../test/support/cli-process.ts';
import { digestsOf, openBox } from '../../../test/support/edge-box.ts';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';

const folder = temporaryFolder();
afterAll(folder.remove);

const ORDERS = 6_000;

function writeFiles(): void {
  const lines = Array.from({ length: ORDERS }, (_, order) =>
    [1, 2, 3].map(
      (sku) =>
        `${10_000 + order},SKU-${sku},${(order % 7) + 1},2026-01-15 10:${String(order % 60).padStart(2, '0')},${sku}.25`,
    ),
  );
  writeFileSync(join(folder.path, 'products.csv'), 'sku,name\nSKU-1,One\nSKU-2,Two\nSKU-3,Three\n');
  writeFileSync(join(folder.path, 'orders.csv'), `order,sku,quantity,date,price\n${lines.flat().join('\n')}\n`);
}

const options = (dataDir: string) => ({ cwd: folder.path, env: { DATA_DIR: join(folder.path, dataDir) } });
const IMPORT = ['import', 'orders', 'orders.csv', '--currency', 'EUR'];

/** The ids of the imported facts, and digests of what was derived from them. */
async function contentOf(dataDir: string) {
  const box = await openBox({ folder: join(folder.path, dataDir) });
  const rows = await box.rows("SELECT id FROM events WHERE source = 'urn:dealeriq:centre:import' ORDER BY id");
  const orders = await box.rows(
    'SELECT order_number, net_minor, line_count, accepted_at, shipped_at FROM orders ORDER BY 1',
  );
  const before = await digestsOf(box.store);
  await box.runtime.rebuild();
  expect(await digestsOf(box.store)).toEqual(before);
  await box.close();
  return { ids: rows.map((row) => row.id), orders };
}

test('killed again and again, an import goes on and comes to the same end', async () => {
  writeFiles();
  for (const dataDir of ['whole', 'killed']) {
    expect((await runCli(['import', 'products', 'products.csv'], options(dataDir))).status).toBe(0);
  }
  expect((await runCli(IMPORT, options('whole'))).status).toBe(0);

  const reached: number[] = [];
  for (let delayMs = 300; reached.length < 4 && delayMs < 20_000; delayMs *= 1.15) {
    const child = startCli(IMPORT, options('killed'));
    const ended = once(child, 'exit');
    const timer = setTimeout(() => child.kill('SIGKILL'), delayMs);
    await ended;
    clearTimeout(timer);
    const box = await openBox({ folder: join(folder.path, 'killed') });
    const [row] = await box.rows("SELECT count(*) AS count FROM events WHERE type = 'order.placed'");
    await box.close();
    const count = Number(row?.count);
    if (child.signalCode !== 'SIGKILL') break;
    if (count > (reached.at(-1) ?? 0) && count < ORDERS) reached.push(count);
  }
  // Otherwise nothing was interrupted, and nothing is shown.
  expect(reached.length).toBeGreaterThan(0);

  const { status, stdout } = await runCli([...IMPORT, '--json'], options('killed'));
  expect(status).toBe(0);
  const result = JSON.parse(stdout);
  expect(result.created + result.unchanged).toBe(ORDERS);
  const [whole, killed] = [await contentOf('whole'), await contentOf('killed')];
  expect(killed.ids).toHaveLength(ORDERS * 3 + 3);
  expect(killed).toEqual(whole);
}, 120_000);
