import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import type { OrderPlaced } from '../../../src/events/transactional/order.ts';
import type { Runtime } from '../../../src/runtime.ts';
import { printed, runCli, startCli } from '../../../test/support/cli-process.ts';
import { openBox, openShop } from '../../../test/support/edge-box.ts';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import { databasePath, openFileStore } from '../open-store.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function newFolder(): string {
  const folder = temporaryFolder();
  cleanups.push(folder.remove);
  return folder.path;
}

const dealeriq = (folder: string, ...args: string[]) =>
  runCli(args, { cwd: folder, env: { DATA_DIR: folder, PORT: '0' } });

const shop = (folder: string) => openShop({ HOSE: 1_000_000 }, { folder });

async function placeOrder(runtime: Runtime): Promise<OrderPlaced> {
  const { events } = await runtime.execute('place-order', { lines: [{ sku: 'HOSE', quantity: 1 }] });
  return events[0]?.data as OrderPlaced;
}

async function ordersOf(folder: string): Promise<Map<string, string>> {
  const store = await openFileStore(folder);
  const rows = await store.read({ sql: 'SELECT order_id, order_number FROM orders' });
  await store.close();
  return new Map(rows.map((row) => [String(row.order_id), String(row.order_number)]));
}

describe('backup', () => {
  test('made while orders are placed it holds every order that was answered before it began', async () => {
    const folder = newFolder();
    const copy = newFolder();
    const box = await shop(folder);
    cleanups.push(() => box.close());
    const answered: string[] = [];
    let working = true;
    const callers = Array.from({ length: 8 }, async () => {
      while (working) answered.push((await placeOrder(box.runtime)).orderId);
    });
    while (answered.length < 200) await new Promise((resolve) => setTimeout(resolve, 10));
    const before = [...answered];
    const backup = dealeriq(folder, 'backup', '--to', databasePath(copy), '--json');
    const { status, stdout, stderr } = await backup;
    const after = answered.length;
    working = false;
    await Promise.all(callers);
    expect(stderr).toBe('');
    expect(status).toBe(0);
    expect(after).toBeGreaterThan(before.length);
    const made = JSON.parse(stdout);
    expect(made).toMatchObject({ file: databasePath(copy), sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(made.events).toBe(made.head);
    const kept = await ordersOf(copy);
    expect(before.filter((id) => !kept.has(id))).toEqual([]);
    // All or nothing also in the copy: the read models follow from its log.
    const restored = await openBox({ folder: copy });
    const [row] = await restored.rows("SELECT count(*) AS count FROM events WHERE type = 'order.placed'");
    expect(row?.count).toBe(kept.size);
    await restored.close();
  }, 60_000);

  test('never overwrites, and leaves nothing unfinished', async () => {
    const folder = newFolder();
    await (await shop(folder)).close();
    const to = join(folder, 'copies', 'one.db');
    expect((await dealeriq(folder, 'backup', '--to', to)).stdout).toContain('the copy is checked');
    const bytes = readFileSync(to);
    const again = await dealeriq(folder, 'backup', '--to', to);
    expect([again.status, again.stderr]).toEqual([1, expect.stringContaining('never overwrites')]);
    expect(readFileSync(to).equals(bytes)).toBe(true);
    expect(readdirSync(join(folder, 'copies'))).toEqual(['one.db']);
    expect((await dealeriq(folder, 'doctor', '--quick')).stdout).toContain(
      'ok    backup         the last one is 0.0 days old',
    );
  }, 30_000);
});

describe('restore', () => {
  test('begins a new epoch: no order number and no sequence is given out twice', async () => {
    const folder = newFolder();
    let box = await shop(folder);
    const numbers: string[] = [];
    for (let index = 0; index < 5; index += 1) numbers.push((await placeOrder(box.runtime)).orderNumber);
    const { epoch } = box.runtime.identity;
    expect((await dealeriq(folder, 'backup', '--to', join(folder, 'b.db'))).status).toBe(0);
    // These are lost with the database that is replaced, but their numbers are out in the world.
    for (let index = 0; index < 5; index += 1) numbers.push((await placeOrder(box.runtime)).orderNumber);
    await box.close();

    const { status, stdout } = await dealeriq(folder, 'restore', join(folder, 'b.db'), '--json');
    expect(status).toBe(0);
    const restored = JSON.parse(stdout);
    expect(restored.newEpoch).toBeGreaterThan(epoch);
    expect(existsSync(restored.replaced)).toBe(true);
    expect(readdirSync(folder).filter((name) => name.includes('restoring'))).toEqual([]);

    box = await openBox({ folder });
    cleanups.push(() => box.close());
    expect(box.runtime.identity.epoch).toBe(restored.newEpoch);
    expect(await box.rows('SELECT count(*) AS count FROM orders')).toEqual([{ count: 5 }]);
    for (let index = 0; index < 5; index += 1) numbers.push((await placeOrder(box.runtime)).orderNumber);
    expect(new Set(numbers).size).toBe(15);
    // The same backup once more: again another series.
    await box.close();
    expect((await dealeriq(folder, 'restore', join(folder, 'b.db'))).status).toBe(0);
    box = await openBox({ folder });
    expect(box.runtime.identity.epoch).toBeGreaterThan(restored.newEpoch);
    numbers.push((await placeOrder(box.runtime)).orderNumber);
    expect(new Set(numbers).size).toBe(16);
    expect((await dealeriq(folder, 'doctor')).status).toBe(0);
  }, 60_000);

  test('is refused while a box runs on the folder', async () => {
    const folder = newFolder();
    await (await shop(folder)).close();
    await dealeriq(folder, 'backup', '--to', join(folder, 'b.db'));
    const server = startCli(['start'], { cwd: folder, env: { DATA_DIR: folder, PORT: '0' } });
    cleanups.push(() => server.kill('SIGKILL'));
    await printed(server, 'is ready at');
    await new Promise((resolve) => setTimeout(resolve, 100));
    const refused = await dealeriq(folder, 'restore', join(folder, 'b.db'));
    expect([refused.status, refused.stderr]).toEqual([1, expect.stringContaining('A box runs on')]);
    // Next to it a backup is fine.
    expect((await dealeriq(folder, 'backup', '--to', join(folder, 'c.db'))).status).toBe(0);
    expect((await dealeriq(folder, 'doctor')).stdout).toContain('running at http://127.0.0.1:');
  }, 60_000);

  test('of a damaged, foreign or missing file is refused, and the database stays', async () => {
    const folder = newFolder();
    await (await shop(folder)).close();
    await dealeriq(folder, 'backup', '--to', join(folder, 'b.db'));
    const { ino } = statSync(databasePath(folder));
    const good = readFileSync(join(folder, 'b.db'));
    const bad = Buffer.from(good);
    bad.fill(0xa5, 4096 * 3, 4096 * 6);
    writeFileSync(join(folder, 'page.db'), bad);
    writeFileSync(join(folder, 'cut.db'), good.subarray(0, good.length - 4096 * 4));
    writeFileSync(join(folder, 'text.db'), 'not a database at all');
    writeFileSync(join(folder, 'empty.db'), '');
    for (const name of ['page.db', 'cut.db', 'text.db', 'empty.db', 'none.db']) {
      const { status, stderr } = await dealeriq(folder, 'restore', join(folder, name));
      expect(stderr, name).toMatch(
        name === 'none.db' ? /There is no file/ : /The backup cannot be used.*Nothing was changed/,
      );
      expect(status).toBe(1);
    }
    const itself = await dealeriq(folder, 'restore', databasePath(folder));
    expect(itself.status).toBe(2);
    expect(statSync(databasePath(folder)).ino).toBe(ino);
    expect((await dealeriq(folder, 'doctor')).status).toBe(0);
    expect(readdirSync(folder).filter((name) => name.startsWith('edge.db.'))).toEqual([]);
  }, 60_000);
});

describe('a damaged database', () => {
  const damages: Record<string, (path: string, bytes: Buffer) => void> = {
    'the header overwritten': (path) => overwrite(path, 0, Buffer.from('garbage garbage!')),
    'an impossible page size': (path) => overwrite(path, 16, Buffer.from([0x12, 0x34])),
    'a page of zeros': (path, bytes) => overwrite(path, pageOf(bytes), Buffer.alloc(4096)),
    'a page of noise': (path, bytes) => overwrite(path, pageOf(bytes), Buffer.alloc(4096, 0xa5)),
    'cut off in the middle': (path, bytes) => writeFileSync(path, bytes.subarray(0, Math.floor(bytes.length / 2))),
    'cut off in the first page': (path, bytes) => writeFileSync(path, bytes.subarray(0, 1000)),
    'cut off to nothing': (path) => writeFileSync(path, ''),
    'another file altogether': (path) => writeFileSync(path, 'sku,name\nA-1,Hose\n'.repeat(1000)),
  };

  test('is not started on and not changed; the message says what to do; a backup helps', async () => {
    const original = newFolder();
    await (await shop(original)).close();
    await dealeriq(original, 'backup', '--to', join(original, 'b.db'));
    const bytes = readFileSync(databasePath(original));
    for (const [name, damage] of Object.entries(damages)) {
      const folder = newFolder();
      mkdirSync(folder, { recursive: true });
      writeFileSync(databasePath(folder), bytes);
      damage(databasePath(folder), bytes);
      const damaged = readFileSync(databasePath(folder));
      const started = await dealeriq(folder, 'start', '--demo');
      expect(started.stderr, name).toContain('The database is damaged (storage-corrupt)');
      expect(started.stderr, name).toContain('dealeriq restore');
      expect(started.status, name).toBe(1);
      expect(readFileSync(databasePath(folder)).equals(damaged), name).toBe(true);
      const doctor = await dealeriq(folder, 'doctor');
      expect(doctor.stdout, name).toMatch(/FAIL {2}database/);
      expect(doctor.status, name).toBe(1);
    }
    const folder = newFolder();
    writeFileSync(databasePath(folder), 'damaged');
    const restored = await dealeriq(folder, 'restore', join(original, 'b.db'), '--json');
    expect(restored.status).toBe(0);
    expect(readFileSync(JSON.parse(restored.stdout).replaced, 'utf8')).toBe('damaged');
    expect((await dealeriq(folder, 'doctor')).status).toBe(0);
  }, 120_000);

  function overwrite(path: string, at: number, bytes: Buffer): void {
    const file = openSync(path, 'r+');
    writeSync(file, bytes, 0, bytes.length, at);
    closeSync(file);
  }

  /** Where a page in use begins that is no page of the schema. */
  function pageOf(bytes: Buffer): number {
    for (let at = 4096; at < bytes.length; at += 4096) if (bytes[at] === 0x0d) return at;
    throw new Error('No page of a table.');
  }
});
