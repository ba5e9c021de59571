import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { printed, runCli, startCli } from '../../../test/support/cli-process.ts';
import { openShop } from '../../../test/support/edge-box.ts';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';

const folder = temporaryFolder();
afterAll(folder.remove);

const options = { cwd: folder.path, env: { DATA_DIR: folder.path, PORT: '0' } };
const ORDERS = 600;

async function placeOrder(url: string, key: string): Promise<number> {
  const response = await fetch(`${url}/v1/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': key },
    body: JSON.stringify({ lines: [{ sku: 'HOSE', quantity: 1 }] }),
  });
  await response.arrayBuffer();
  return response.status;
}

test('next to a box that runs, an import costs no order, and both are whole afterwards', async () => {
  await (await openShop({ HOSE: 100_000 }, { folder: folder.path })).close();
  const lines = Array.from({ length: ORDERS }, (_, order) => `${10_000 + order},HOSE,2,2026-01-15,12.50`);
  writeFileSync(join(folder.path, 'orders.csv'), `order,sku,quantity,date,price\n${lines.join('\n')}\n`);
  const server = startCli(['start'], options);
  try {
    const banner = await printed(server, 'is ready at');
    const url = /http:\S+/.exec(banner)?.[0] ?? '';
    let done = false;
    const imported = runCli(['import', 'orders', 'orders.csv', '--currency', 'EUR', '--json'], options).finally(() => {
      done = true;
    });
    const statuses = new Map<number, number>();
    for (let index = 0; !done; index += 1) {
      const status = await placeOrder(url, `key-${index}`);
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
    }
    const { status, stdout } = await imported;
    expect([...statuses.keys()]).toEqual([201]);
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ created: ORDERS, rowsRejected: 0, events: ORDERS * 3 });
    const doctor = JSON.parse((await runCli(['doctor', '--json'], options)).stdout);
    expect(doctor.checks.filter((check: { status: string }) => check.status === 'fail')).toEqual([]);
  } finally {
    server.kill('SIGKILL');
  }
}, 60_000);
