import { Agent } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { type BoxProcess, startBoxProcess } from '../support/box-process.ts';
import { findFaults } from '../support/log-oracle.ts';
import { call, OrderLoad, type Requested } from '../support/order-load.ts';
import { seededFolder } from '../support/seeded-folder.ts';
import { chooseSeed, seededRandom } from '../support/seeded-random.ts';

const KILLS = Number(process.env.CHAOS_KILLS ?? (process.env.CI === 'true' ? 200 : 20));

/** Boxes that are killed side by side: while one starts, another is under load. */
const BOXES = 2;

const CLIENTS = 16;

/** The longest time under load before a kill, counted from the first answer, in milliseconds. */
const LOAD_MS_MAX = 250;

/** Answers of the last life of a box that are looked at over HTTP after each restart. */
const SAMPLE = 32;

const SKUS = ['HOSE-08', 'HOSE-10', 'SEAL-22', 'BELT-NEW', 'BOLT-M8'];

/**
 * Seen to fail: with a writer that answers one turn of the event loop before its commit, the first restarts find
 * answered orders that are lost; with read models in a commit of their own, orders that cannot be read. A writer that
 * answers before its commit in the same turn is not found out, because the answer leaves the process after it.
 */
describe(`kill -9 under load, ${KILLS} times`, () => {
  const seed = chooseSeed();

  it(
    `loses no order that was answered, keeps none by half, and takes none twice (TEST_SEED=${seed})`,
    async () => {
      const startedMs = performance.now();
      const share = Math.ceil(KILLS / BOXES);
      const lives = await Promise.all(Array.from({ length: BOXES }, (_, box) => liveAndDie(seed + box, share)));
      for (const { faults } of lives) expect(faults, `TEST_SEED=${seed}`).toEqual([]);
      const sum = (count: (life: Life) => number) => lives.reduce((total, life) => total + count(life), 0);
      process.stdout.write(
        `${share * BOXES} kills, ${sum((life) => life.orders)} orders answered, ${sum((life) => life.repeats)} repeats, ` +
          `${sum((life) => life.cutOff)} cut off and sent again, ${Math.round((performance.now() - startedMs) / 1000)} s\n`,
      );
      // A run in which nothing was under way proves nothing.
      expect(sum((life) => life.orders)).toBeGreaterThan(KILLS * CLIENTS);
      expect(sum((life) => life.cutOff)).toBeGreaterThan(KILLS);
    },
    60_000 + KILLS * 5_000,
  );
});

interface Life {
  readonly faults: readonly string[];
  readonly orders: number;
  readonly repeats: number;
  readonly cutOff: number;
}

/** One box that is started, put under load, killed and looked at, again and again. */
async function liveAndDie(seed: number, kills: number): Promise<Life> {
  const random = seededRandom(seed);
  const folder = await seededFolder();
  let wake: () => void = () => undefined;
  const load = new OrderLoad(orderMaker(random, seed), random, () => wake());
  const faults: string[] = [];
  let cutOff = 0;
  for (let kill = 0; kill < kills && faults.length === 0 && load.contradictions.length === 0; kill += 1) {
    const box = await startBoxProcess(folder.path);
    faults.push(...(await missing(box, load)));
    const answered = new Promise<void>((resolve) => {
      wake = resolve;
    });
    const working = load.run(box.port, CLIENTS);
    await Promise.race([answered, working]);
    // Now and then at once: in the middle of the first group.
    await delay(random() < 0.1 ? 0 : random() * LOAD_MS_MAX);
    await box.kill();
    await working;
    cutOff += load.unanswered.size;
  }
  const last = await startBoxProcess(folder.path);
  await load.settle(last.port);
  if (load.unanswered.size > 0) faults.push(`${load.unanswered.size} orders could not be settled.`);
  if ((await last.stop()) !== 0) faults.push('The box did not stop cleanly.');
  faults.push(...load.contradictions, ...(await findFaults(folder.path, load)));
  folder.remove();
  return { faults: faults.slice(0, 20), orders: load.answered.size, repeats: load.repeats, cutOff };
}

/** Orders of one to four lines. */
function orderMaker(random: () => number, seed: number): () => Requested {
  let made = 0;
  return () => {
    made += 1;
    const lines = Array.from({ length: 1 + Math.floor(random() * 4) }, () => {
      const sku = SKUS[Math.floor(random() * SKUS.length)] ?? 'HOSE-08';
      const pieces = 1 + Math.floor(random() * 5);
      return { sku, quantity: sku === 'BOLT-M8' ? 5 + 5 * pieces : pieces };
    });
    return { key: `${seed}-${made}`, body: JSON.stringify({ lines, poNumber: `PO-${made}` }) };
  };
}

/** What a box that was just started again does not have of the last answers. */
async function missing(box: BoxProcess, load: OrderLoad): Promise<string[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  const last = [...load.answered.values()].slice(-SAMPLE);
  const found = await Promise.all(
    last.map(async ({ orderId, orderNumber, totals }) => {
      const { status, text } = await call(agent, box.port, 'GET', `/v1/orders/${orderId}`);
      const order = status === 200 ? (JSON.parse(text) as { orderNumber: string; totals: unknown }) : undefined;
      const same = order?.orderNumber === orderNumber && JSON.stringify(order.totals) === JSON.stringify(totals);
      return same ? [] : [`After a restart ${orderNumber} is answered ${status}: ${text.slice(0, 200)}`];
    }),
  );
  agent.destroy();
  return found.flat();
}
