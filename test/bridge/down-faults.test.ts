import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DOWN_FAULT_POINTS } from '../../sync/bridge/fault-points.ts';
import type { KafkaRecord } from '../../sync/bridge/kafka.ts';
import { kafkaClusterOrSkip } from '../support/kafka-cluster.ts';
import { natsOrSkip } from '../support/nats-server.ts';
import { until } from '../support/nats-site.ts';
import { centreRecord, type DownCentre, startDownCentre } from './down-centre.ts';
import type { DownChild } from './down-child.ts';
import { priceIds, priceRecords, storedIds, untilCheckpoint } from './down-runner.ts';

const [kafkaHere, natsHere] = await Promise.all([kafkaClusterOrSkip(), natsOrSkip()]);
const CHILD = fileURLToPath(new URL('./down-child.ts', import.meta.url));

/** Records of one round, every tenth of them poison. */
const ROUND = 40;

describe.skipIf(kafkaHere === undefined || natsHere === undefined)('a partition whose process is killed', () => {
  let centre: DownCentre;
  let prefix: string;

  beforeAll(async () => {
    if (kafkaHere !== undefined) centre = await startDownCentre(kafkaHere);
  }, 60_000);
  afterAll(() => centre?.dispose());
  beforeEach(async () => {
    await centre.wipeStream();
    prefix = await centre.freshTopics(['price.changed']);
  });

  const start = (faultPoint?: string): { readonly child: ChildProcess; readonly ended: Promise<unknown[]> } => {
    const options: DownChild = {
      hub: centre.server.url,
      broker: centre.cluster.broker,
      prefix,
      type: 'price.changed',
    };
    const child = fork(CHILD, [JSON.stringify(options)], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      execArgv: [],
      env: { ...process.env, DEALERIQ_FAULT_POINT: faultPoint ?? '' },
    });
    return { child, ended: once(child, 'exit') };
  };
  const poison = (id: string) =>
    centreRecord(prefix, 'price.changed', id, undefined, { value: Buffer.from(`poison ${id}`) });
  const round = (number: number): KafkaRecord[] => {
    const first = number * ROUND + 1;
    return priceRecords(prefix, first, first + ROUND - 1).flatMap((record, index) =>
      index % 10 === 5 ? [record, poison(`bad-${number}-${index}`)] : [record],
    );
  };
  const poisonIds = (rounds: number) =>
    Array.from({ length: rounds }, (_, number) => [5, 15, 25, 35].map((index) => `bad-${number}-${index}`)).flat();

  /** Nothing lost, repeated or out of order, neither in the stream nor in the dead letters. */
  const judge = async (rounds: number) => {
    // Each round's records and the mark of its transaction.
    await untilCheckpoint(centre, 'price.changed', BigInt(rounds * (ROUND + 4 + 1)));
    expect(await storedIds(centre)).toEqual(priceIds(1, rounds * ROUND));
    const letters = await centre.committed(`${prefix}.dlq`);
    expect(letters.map(({ value }) => Buffer.from(value ?? []).toString())).toEqual(
      poisonIds(rounds).map((id) => `poison ${id}`),
    );
    expect(await centre.committed(`${prefix}.data.contract.violation`)).toHaveLength(letters.length);
  };

  it('at every step in turn goes on as if nothing had happened', async () => {
    let rounds = 0;
    for (const faultPoint of DOWN_FAULT_POINTS) {
      await centre.produce(round(rounds));
      rounds += 1;
      const [, signal] = await start(faultPoint).ended;
      expect({ faultPoint, signal }).toEqual({ faultPoint, signal: 'SIGKILL' });
    }
    const last = start();
    await judge(rounds);
    last.child.kill('SIGKILL');
    await last.ended;
  }, 60_000);

  it('is stopped in the middle, replaced and continued, and the one that was away adds nothing', async () => {
    let rounds = 0;
    for (const faultPoint of ['down-before-batch', 'down-after-begin', 'down-after-send', 'down-before-dead-letters']) {
      await centre.produce(round(rounds));
      rounds += 1;
      const zombie = start(`${faultPoint}:1:SIGSTOP`);
      await stopped(zombie.child);
      const successor = start();
      await untilCheckpoint(centre, 'price.changed', BigInt(rounds * (ROUND + 5)));
      zombie.child.kill('SIGCONT');
      await centre.produce(round(rounds));
      rounds += 1;
      await untilCheckpoint(centre, 'price.changed', BigInt(rounds * (ROUND + 5)));
      for (const { child, ended } of [zombie, successor]) {
        child.kill('SIGKILL');
        await ended;
      }
    }
    const last = start();
    await judge(rounds);
    last.child.kill('SIGKILL');
    await last.ended;
  }, 60_000);
});

/** Waits until a process is stopped (proc(5), state T). */
function stopped({ pid }: ChildProcess): Promise<void> {
  return until('the process is stopped', () => /^\d+ \(.*\) T/.test(readFileSync(`/proc/${pid}/stat`, 'utf8')));
}
