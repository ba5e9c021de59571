import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { betterSqlite3Capture } from './peers/better-sqlite3-capture.ts';
import { drizzleCapture } from './peers/drizzle-capture.ts';
import type { BenchContext, Benchmark, Comparison } from './support/benchmark.ts';
import { alternate } from './support/compare.ts';
import { closeWhole, openDealer, placeOrders, stockUp } from './support/dealer.ts';
import { onCopy, remove } from './support/files.ts';

export const PRODUCTS = 1_500;

/** A closed database of a dealer with products, prices and stock. */
export async function stockedDealer(folder: string): Promise<string> {
  const dataDir = mkdtempSync(join(folder, 'stocked-'));
  const runtime = await openDealer(dataDir);
  await stockUp(runtime, PRODUCTS);
  await closeWhole(runtime);
  return dataDir;
}

/** Orders a second through the runtime on a copy of a database; states are loaded first, as in a running box. */
export async function runtimeCapture(source: string, callers: number, ms: number, context: BenchContext) {
  return onCopy(context.folder, source, async (dataDir) => {
    const runtime = await openDealer(dataDir);
    await placeOrders(runtime, callers, PRODUCTS, Math.min(300, ms));
    const rate = await placeOrders(runtime, callers, PRODUCTS, ms);
    await runtime.close();
    return rate;
  });
}

function capture(callers: number, target: number | undefined): Benchmark {
  const name = `capture-${callers}`;
  return {
    name,
    about: `Durable capture of orders of 3 lines, ${callers} caller${callers === 1 ? '' : 's'} who each await their own order.`,
    async run(context): Promise<readonly Comparison[]> {
      const source = await stockedDealer(context.folder);
      const peer = (label: string, does: string, work: (dataDir: string) => number | Promise<number>) => ({
        label,
        does,
        round: () => onCopy(context.folder, source, async (dataDir) => work(dataDir)),
      });
      const ours = {
        label: 'dealeriq-edge',
        does: "runtime.execute('place-order'): idempotency look-up, pricing, stock reservation, envelopes, log, read models; group commit, synchronous=FULL, answered after the commit",
        round: () => runtimeCapture(source, callers, context.roundMs, context),
      };
      const drizzle = peer(
        'drizzle + mutex',
        'a mutex and a drizzle transaction an order on @libsql/client: ready-made rows for log (4), orders (1) and stock (3) in 3 multi-row inserts; synchronous=FULL; decides nothing',
        (dataDir) => drizzleCapture(dataDir, callers, PRODUCTS, context.roundMs),
      );
      const sqlite = peer(
        'better-sqlite3',
        'one transaction an order, one by one, 8 prepared inserts of ready-made rows; synchronous=FULL; decides nothing',
        (dataDir) => betterSqlite3Capture(dataDir, PRODUCTS, context.roundMs),
      );
      const comparisons = await alternate(context, ours, [
        {
          name: `${name} / drizzle`,
          unit: 'orders/s',
          peer: drizzle,
          ...(target === undefined ? {} : { target: { ratioMin: target } }),
        },
        { name: `${name} / better-sqlite3`, unit: 'orders/s', peer: sqlite },
      ]);
      remove(source);
      return comparisons;
    },
  };
}

export const capture64 = capture(64, 6);
export const capture1 = capture(1, undefined);
