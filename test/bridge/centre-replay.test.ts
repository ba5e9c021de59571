import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KafkaMessage, KafkaRecord } from '../../sync/bridge/kafka.ts';
import { runReplay } from '../../sync/bridge/replay/run-replay.ts';
import { type ReplaySelection, stretchesOf } from '../../sync/bridge/replay/selection.ts';
import { createThrottle } from '../../sync/bridge/replay/throttle.ts';
import { topicTarget } from '../../sync/bridge/replay/to-topic.ts';
import { createUpGate } from '../../sync/bridge/up-gate.ts';
import { runCli } from '../support/cli-process.ts';
import { placed, product } from '../support/facts.ts';
import { kafkaClusterOrSkip } from '../support/kafka-cluster.ts';
import { type CentreWorld, downRecord, PREFIX, startCentreWorld, upMessage } from './centre-world.ts';

const binary = await kafkaClusterOrSkip();
const SINCE = ['--since', '2020-01-01T00:00:00Z'];
const text = new TextDecoder();
const headersOf = (message: KafkaMessage) =>
  Object.fromEntries(message.headers.map(({ name, value }) => [name, text.decode(value)]));
const unthrottled = createThrottle(undefined, { nowMs: Date.now, sleep: () => Promise.resolve() });

describe.skipIf(binary === undefined)('a replay out of Kafka', { timeout: 60_000 }, () => {
  let world: CentreWorld;

  beforeAll(async () => {
    if (binary === undefined) return;
    world = await startCentreWorld(binary);
    for (let n = 1; n <= 4; n += 1) {
      for (const dealerId of ['D042', 'D007']) await world.write(await orders(dealerId, [n]));
      await world.write([downRecord(world, 'product.updated', product(`SKU-${n}`), { id: `product-${n}` })]);
    }
    const topics = ['copy', 'copy-cut', 'copy-bounded'].map((name) => ({
      name,
      partitions: 2,
      replicationFactor: 1,
      config: {},
    }));
    await world.kafka.admin().createTopics(topics);
  }, 60_000);
  afterAll(() => world?.dispose());

  async function orders(dealerId: string, sequences: readonly number[]): Promise<readonly KafkaRecord[]> {
    const gate = createUpGate({ codec: world.codec, prefix: PREFIX, nowMs: () => 0 });
    const admitted = await Promise.all(
      sequences.map((sequence) => {
        const id = `${dealerId}-${sequence}`;
        return gate.admit(upMessage('order.placed', { ...placed(id), dealerId }, { id, dealerId, sequence }));
      }),
    );
    return admitted.flatMap(({ records }) => records);
  }

  const replay = (args: readonly string[], env: Readonly<Record<string, string>> = {}) =>
    runCli(['replay', '--from-kafka', ...SINCE, ...args], { cwd: world.folder, env: { ...world.env, ...env } });

  it('tells in a dry run what it would do, and writes nothing', async () => {
    const before = (await world.read('copy')).length;
    const dry = await replay(['--to', 'topic:copy', '--dry-run', '--json', '--type', 'order.placed,product.updated']);
    expect(dry.stderr).toBe('');
    expect(JSON.parse(dry.stdout)).toMatchObject({
      dryRun: true,
      events: 12,
      byType: { 'order.placed': 8, 'product.updated': 4 },
      byDealer: { '-': 4, 'D007': 4, 'D042': 4 },
      firstAt: expect.stringMatching(/^20/),
    });
    await replay(['--to', 'file:out.jsonl', '--dry-run']);
    expect([(await world.read('copy')).length, existsSync(join(world.folder, 'out.jsonl'))]).toEqual([before, false]);
  });

  it('writes a file of CloudEvents, in order of time, that is there only when it is whole', async () => {
    const done = await replay(['--to', 'file:orders.jsonl', '--dealer', 'D042', '--id', 'march']);
    expect([done.stderr, done.status]).toEqual(['', 0]);
    const lines = readFileSync(join(world.folder, 'orders.jsonl'), 'utf8').trimEnd().split('\n');
    const events = lines.map((line) => JSON.parse(line) as { id: string; sequence: number; data: { orderId: string } });
    expect(events.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4]);
    expect(events[0]).toEqual({
      ...upMessage('order.placed', { ...placed('D042-1'), dealerId: 'D042' }, { id: 'D042-1', sequence: 1 }).attributes,
      epoch: 1,
      sequence: 1,
      replayid: 'march',
      datacontenttype: 'application/json',
      data: { ...placed('D042-1'), dealerId: 'D042' },
    });
    expect(existsSync(join(world.folder, '.orders.jsonl.part'))).toBe(false);
    const missing = await replay(['--to', 'file:no-folder/orders.jsonl']);
    expect([missing.status, missing.stderr]).toEqual([1, expect.stringContaining('The file cannot be written')]);
  });

  it('copies records into a topic of its own, marked, and goes on after a cut with the same id', async () => {
    const limited = await replay(['--to', 'topic:copy-cut', '--id', 'cut', '--limit', '5', '--type', 'order.placed']);
    expect([limited.stderr, limited.status]).toEqual(['', 0]);
    expect(await world.read('copy-cut')).toHaveLength(5);
    for (let run = 0; run < 2; run += 1) {
      expect((await replay(['--to', 'topic:copy-cut', '--id', 'cut', '--type', 'order.placed'])).status).toBe(0);
    }
    const copies = await world.read('copy-cut');
    expect(copies.map((copy) => headersOf(copy).ce_id).sort()).toEqual(
      ['D007', 'D042'].flatMap((dealerId) => [1, 2, 3, 4].map((n) => `${dealerId}-${n}`)),
    );
    const originals = await world.read(`${PREFIX}.order.placed`);
    for (const copy of copies) {
      const headers = headersOf(copy);
      expect(headers).toMatchObject({ ce_replayid: 'cut', dealeriq_replay: 'true' });
      const original = originals.find(
        ({ topic, partition, offset }) => `${topic}/${partition}/${offset}` === headers.dealeriq_replayed_from,
      );
      expect([copy.key, copy.value]).toEqual([original?.key, original?.value]);
    }
    for (const dealerId of ['D007', 'D042']) {
      const sequences = copies.map(headersOf).filter(({ ce_dealerid }) => ce_dealerid === dealerId);
      expect(sequences.map(({ ce_sequence }) => ce_sequence)).toEqual(['1', '2', '3', '4']);
    }
  });

  it('never writes into a topic of the bridge, nor makes one', async () => {
    for (const topic of ['dealeriq.order.placed', 'dealeriq.dlq', 'dealeriq.bridge.checkpoint']) {
      const refused = await replay(['--to', `topic:${topic}`]);
      expect([refused.status, refused.stderr]).toEqual([2, expect.stringContaining('is a topic of the bridge')]);
    }
    const absent = await replay(['--to', 'topic:absent']);
    expect([absent.status, absent.stderr]).toEqual([1, expect.stringContaining('Kafka has no topic absent')]);
  });

  it('ends where the topics ended at its start, however much is written meanwhile', async () => {
    const selection: ReplaySelection = { prefix: PREFIX, sinceMs: 0, types: ['order.placed'] };
    const stretches = await stretchesOf(world.kafka, selection);
    const inside = await topicTarget(world.kafka, 'copy-bounded', { prefix: PREFIX, replayId: 'bounded' });
    let sequence = 4;
    const written = await runReplay({
      kafka: world.kafka,
      selection,
      stretches,
      throttle: unthrottled,
      batchMax: 1,
      // Each event that is read makes two more appear behind it.
      target: {
        ...inside,
        async write(events) {
          await world.write(await orders('D042', [sequence + 1, sequence + 2]));
          sequence += 2;
          await inside.write(events);
        },
      },
    });
    expect([written, sequence]).toEqual([8, 20]);
  });

  it('says what is wrong with the call', async () => {
    expect((await replay(['--to', 'all'])).status).toBe(2);
    expect((await replay(['--to', 'D042', '--dealer', 'D007'])).status).toBe(2);
    expect((await replay(['--to', 'topic:copy', '--type', 'order.plaecd'])).status).toBe(2);
    expect((await replay(['--to', 'topic:copy', '--execute'])).status).toBe(2);
    const box = await runCli(['replay', '--to', 'D042'], { cwd: world.folder, env: world.env });
    expect([box.status, box.stderr]).toEqual([2, expect.stringContaining('works with --from-kafka only')]);
  });
});
