import { jetstreamManager } from '@nats-io/jetstream';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DownHalted, readDownCheckpoint, resetDownCheckpoint } from '../../sync/bridge/down-checkpoint.ts';
import type { DownPartitionOptions } from '../../sync/bridge/down-partition.ts';
import { DOWN, downCheckpointSubject } from '../../sync/jetstream/streams.ts';
import { kafkaClusterOrSkip } from '../support/kafka-cluster.ts';
import { natsOrSkip } from '../support/nats-server.ts';
import { until } from '../support/nats-site.ts';
import { centreRecord, type DownCentre, startDownCentre } from './down-centre.ts';
import { catalogCodec } from './down-codec.ts';
import {
  type DownRun,
  priceIds,
  priceRecords,
  runPartition,
  storedIds,
  untilCheckpoint,
  untilStored,
} from './down-runner.ts';

const [kafkaHere, natsHere] = await Promise.all([kafkaClusterOrSkip(), natsOrSkip()]);

describe.skipIf(kafkaHere === undefined || natsHere === undefined)('a partition that comes down', () => {
  let centre: DownCentre;
  let prefix: string;
  let topic: string;
  const { codec } = catalogCodec();
  const running: DownRun[] = [];

  beforeAll(async () => {
    if (kafkaHere !== undefined) centre = await startDownCentre(kafkaHere);
  }, 60_000);
  afterAll(() => centre?.dispose());
  beforeEach(async () => {
    await centre.wipeStream();
    prefix = await centre.freshTopics(['price.changed']);
    topic = `${prefix}.price.changed`;
  });
  afterEach(async () => {
    for (const one of running.splice(0)) await one.stop();
  });
  const run = (changes: Partial<DownPartitionOptions> = {}): DownRun => {
    const one = runPartition(centre, codec, prefix, 'price.changed', changes);
    running.push(one);
    return one;
  };

  it('goes on after a stop without a repeat or a gap, wherever it was stopped', async () => {
    let made = 0;
    for (let round = 0; round < 15; round += 1) {
      await centre.produce(priceRecords(prefix, made + 1, made + 700));
      made += 700;
      const one = run();
      // Somewhere within the two batches of the round.
      const before = (await centre.stored()).length;
      if (round % 3 > 0) await until('something is stored', async () => (await centre.stored()).length > before);
      await one.stop();
    }
    run();
    await untilStored(centre, made);
    expect(await storedIds(centre)).toEqual(priceIds(1, made));
  });

  it('is forwarded once by two owners at a time, who both get on', async () => {
    const owners = [run(), run(), run()];
    for (let from = 1; from <= 4_000; from += 100) await centre.produce(priceRecords(prefix, from, from + 99));
    await untilStored(centre, 4_000);
    await untilCheckpoint(centre, 'price.changed', 4_000n);
    expect(await storedIds(centre)).toEqual(priceIds(1, 4_000));
    expect(owners.reduce((sum, { counts }) => sum + counts.forwarded, 0)).toBe(4_000);
    // Otherwise this has shown nothing.
    expect(owners.reduce((sum, { counts }) => sum + counts.tookUpAgain, 0)).toBeGreaterThan(0);
  });

  it('has its dead letter written once by two owners', async () => {
    const bad = (id: string) => centreRecord(prefix, 'price.changed', id, undefined, { value: Uint8Array.of(9) });
    const first = run();
    await centre.produce([...priceRecords(prefix, 1, 1), bad('b-1')]);
    await untilStored(centre, 1);
    const second = run();
    await centre.produce([bad('b-2'), ...priceRecords(prefix, 2, 2)]);
    await untilStored(centre, 2);
    // Whoever was fenced is started again, as the bridge does.
    await Promise.all([first.stop(), second.stop()]);
    run();
    await untilCheckpoint(centre, 'price.changed', 4n);
    expect(await storedIds(centre)).toEqual(priceIds(1, 2));
    expect((await centre.committed(`${prefix}.dlq`)).map(({ headers }) => headerOf(headers, 'ce_id'))).toEqual([
      'b-1',
      'b-2',
    ]);
  });

  it('is sent again from the first record when the stream was wiped while it ran', async () => {
    await centre.produce(priceRecords(prefix, 1, 10));
    run();
    await untilStored(centre, 10);
    await centre.wipeStream();
    await untilStored(centre, 10);
    expect(await storedIds(centre)).toEqual(priceIds(1, 10));
  });

  it('halts when its topic was deleted and made again, until an operator says where to go on', async () => {
    await centre.produce(priceRecords(prefix, 1, 10));
    const before = run();
    await untilStored(centre, 10);
    await before.stop();
    await centre.deleteTopic(topic);
    await until('the topic is made again', () =>
      centre.createTopic(topic, 1).then(
        () => true,
        () => false,
      ),
    );
    await centre.produce(priceRecords(prefix, 11, 30));

    const halted = await run().ended.catch((error: unknown) => error);
    expect(halted).toBeInstanceOf(DownHalted);
    expect(halted).toMatchObject({ reason: 'topic-changed', topic, partition: 0, code: 'conflict' });
    expect(String(halted)).toContain('reset-down');
    expect(await storedIds(centre)).toEqual(priceIds(1, 10));

    await resetDownCheckpoint(centre.nc, prefix, { topic, partition: 0, offset: 5n });
    run();
    await untilStored(centre, 25);
    expect(await storedIds(centre)).toEqual([...priceIds(1, 10), ...priceIds(16, 30)]);
  });

  it('halts while it runs when its topic is made again', async () => {
    await centre.produce(priceRecords(prefix, 1, 3));
    const one = run();
    await untilCheckpoint(centre, 'price.changed', 3n);
    await centre.deleteTopic(topic);
    await until('the topic is made again', () =>
      centre.createTopic(topic, 1).then(
        () => true,
        () => false,
      ),
    );
    await expect(one.ended).rejects.toMatchObject({ reason: 'topic-changed' });
  });

  it('halts at an offset that the topic does not have', async () => {
    await centre.produce(priceRecords(prefix, 1, 3));
    await resetDownCheckpoint(centre.nc, prefix, { topic, partition: 0, offset: 1_000n });
    await expect(run().ended).rejects.toMatchObject({ reason: 'offset-out-of-range', code: 'conflict' });
  });

  it('moves its checkpoint past the marks of transactions, renews it when it is old, and keeps only the newest', async () => {
    let nowMs = Date.now();
    for (let from = 1; from <= 5; from += 1) await centre.produce(priceRecords(prefix, from, from));
    run({ nowMs: () => nowMs });
    // Five records and five marks.
    await untilCheckpoint(centre, 'price.changed', 10n);
    const subjects = async () => {
      const { state } = await (await jetstreamManager(centre.nc)).streams.info(DOWN, {
        subjects_filter: 'dealeriq.bridge.>',
      });
      return state.subjects ?? {};
    };
    const subject = downCheckpointSubject('price.changed', 0);
    await until('one checkpoint is left', async () => (await subjects())[subject] === 1);
    const before = await readDownCheckpoint(centre.nc, 'price.changed', 0);
    nowMs += 25 * 60 * 60 * 1000;
    await until('the checkpoint is written again', async () => {
      const now = await readDownCheckpoint(centre.nc, 'price.changed', 0);
      return now?.offset === 10n && now.streamSequence > (before?.streamSequence ?? 0);
    });
  });
});

function headerOf(headers: readonly { name: string; value: Uint8Array }[], name: string): string {
  return Buffer.from(headers.find((one) => one.name === name)?.value ?? []).toString();
}
