import { createConnection } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/nats-core';
import { connect } from '@nats-io/transport-node';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { kafkaTopic } from '../../src/events/names.ts';
import { runBridge } from '../../sync/bridge/bridge.ts';
import type { Kafka } from '../../sync/bridge/kafka.ts';
import { connectKafka } from '../../sync/bridge/kafka-client/connect.ts';
import { acceptGap, lanesOf, requestResend } from '../../sync/bridge/lane-control.ts';
import { createPurge } from '../../sync/bridge/purge.ts';
import { applyTopics, planTopics } from '../../sync/bridge/topics.ts';
import { createUpGate } from '../../sync/bridge/up-gate.ts';
import type { HeldLane } from '../../sync/bridge/up-group.ts';
import type { OutboxEvent } from '../../sync/core/outbox.ts';
import { provision } from '../../sync/jetstream/provision.ts';
import { UP } from '../../sync/jetstream/streams.ts';
import { jetStreamUpHub, lastOf } from '../../sync/jetstream/up-hub.ts';
import { payload } from '../support/facts.ts';
import { type KafkaServer, kafkaOrSkip, startKafka } from '../support/kafka-server.ts';
import { type NatsServer, natsOrSkip, startNatsServer } from '../support/nats-server.ts';
import { catalogCodec } from './down-codec.ts';

const [kafkaHere, natsHere] = await Promise.all([kafkaOrSkip(), natsOrSkip()]);
const EPOCH = 1_764_000_000;
const SHARDS = 2;

describe.skipIf(kafkaHere === undefined || natsHere === undefined)('a lane on its way into Kafka', () => {
  let broker: KafkaServer;
  let hub: NatsServer;
  let kafka: Kafka;
  let nc: NatsConnection;
  let prefix = '';
  let round = 0;
  let bridge: { readonly held: () => readonly HeldLane[]; stop(): Promise<void> } | undefined;

  beforeAll(async () => {
    [broker, hub] = await Promise.all([startKafka(), startNatsServer()]);
    kafka = await connectKafka({ brokers: [broker.broker], clientId: 'test' });
    nc = await connect({ servers: hub.url });
  }, 60_000);
  afterAll(async () => {
    await nc?.close();
    await kafka?.close();
    await Promise.all([broker?.dispose(), hub?.dispose()]);
  });
  beforeEach(async () => {
    round += 1;
    prefix = `lanes${round}`;
    await provision(nc, []);
    await (await jetstreamManager(nc)).streams.purge(UP);
    const plan = await planTopics(kafka.admin(), { prefix, replicationFactor: 1, partitions: 1, shards: SHARDS });
    await applyTopics(kafka.admin(), plan);
  });
  afterEach(() => bridge?.stop());

  const start = () => {
    const abort = new AbortController();
    let held: readonly HeldLane[] = [];
    const ignore = () => undefined;
    const ended = runBridge(
      {
        connectHub: () => connect({ servers: hub.url, reconnect: false }),
        kafka,
        gate: createUpGate({ codec: catalogCodec().codec, prefix, nowMs: Date.now }),
        prefix,
        shards: SHARDS,
        nowMs: Date.now,
        report: {
          committed: ignore,
          owns: ignore,
          failed: ignore,
          fenced: ignore,
          sound: ignore,
          held: (_shard, lanes) => {
            held = lanes;
          },
        },
      },
      abort.signal,
    );
    bridge = {
      held: () => held,
      async stop() {
        abort.abort();
        await ended;
        bridge = undefined;
      },
    };
    return bridge;
  };
  /** Stores events as a box would, after whatever the hub has of the lane. */
  const store = async (dealerId: string, sequences: readonly number[]) => {
    const up = jetStreamUpHub(nc, dealerId, 'B1');
    const after = (await up.lastStored('live'))?.hubSequence ?? 0;
    await up.append(
      'live',
      after,
      sequences.map((sequence) => eventOf(dealerId, sequence)),
    );
  };
  /** The sequences that Kafka has of a dealer, as they lie there. */
  const inKafka = async (dealerId: string) => {
    const messages = await kafka.reader().readToEnd(kafkaTopic('ticket.created', prefix), 0, 0n);
    const of = (headers: (typeof messages)[number]['headers'], name: string) =>
      Buffer.from(headers.find((header) => header.name === name)?.value ?? []).toString();
    return messages
      .filter(({ key }) => Buffer.from(key ?? []).toString() === dealerId)
      .map(({ headers }) => Number(of(headers, 'ce_sequence')));
  };
  const deadLetters = async (partition: number) => {
    const [topic] = await kafka.admin().topics([`${prefix}.dlq`]);
    if (partition >= (topic?.partitions ?? 0)) return [];
    const messages = await kafka.reader().readToEnd(`${prefix}.dlq`, partition, 0n);
    return messages.map(({ value }) => Buffer.from(value ?? []).toString());
  };
  const untilKafkaHas = (dealerId: string, sequences: readonly number[]) =>
    eventually(async () => expect(await inKafka(dealerId)).toEqual(sequences));

  it('is followed from the first event of a dealer that comes while the bridge runs', async () => {
    await store('D042', [1, 2, 3]);
    start();
    await untilKafkaHas('D042', [1, 2, 3]);
    await store('D099', [1, 2]);
    await untilKafkaHas('D099', [1, 2]);
    const receipt = await eventually(async () => {
      const message = await lastOf(nc, 'DEALERIQ_RECEIPTS', 'dealeriq.receipt.D099');
      expect(message).toBeDefined();
      return message?.json();
    });
    expect(receipt).toEqual({ device: 'B1', lanes: { live: { epoch: EPOCH, sequence: 2 } } });
  });

  it('is held at a gap, says so, and is sent again when an operator asks for it', async () => {
    await store('D042', [1, 2, 4, 5]);
    await store('D017', [1, 2]);
    const { held } = start();
    await untilKafkaHas('D017', [1, 2]);
    await untilKafkaHas('D042', [1, 2]);
    await eventually(async () => expect(held()).toMatchObject([{ dealerId: 'D042', lane: 'live', sequence: 4 }]));
    const place = (sequence: number) => ({ epoch: EPOCH, sequence });
    expect(await lanesOf(nc, kafka, prefix, SHARDS)).toMatchObject([
      { dealerId: 'D017', state: 'current', kafka: place(2), hub: place(2) },
      { dealerId: 'D042', state: 'held', kafka: place(2), hub: place(5), found: place(4) },
    ]);
    await requestResend(nc, 'D042', 'live');
    await store('D042', [3, 4, 5]);
    await untilKafkaHas('D042', [1, 2, 3, 4, 5]);
    await eventually(async () => expect(held()).toEqual([]));
  });

  it('goes on after a gap that an operator gives up, with what had waited', async () => {
    await store('D042', [1, 2, 4, 5]);
    const { held } = start();
    await eventually(async () => expect(held()).toHaveLength(1));
    const lane = { dealerId: 'D042', deviceId: 'B1', lane: 'live' };
    await acceptGap(kafka, prefix, SHARDS, lane, { epoch: EPOCH, sequence: 3 });
    await untilKafkaHas('D042', [1, 2, 4, 5]);
    await expect(acceptGap(kafka, prefix, SHARDS, lane, { epoch: EPOCH, sequence: 2 })).rejects.toThrow(/already/);
  }, 30_000);

  it('goes on behind a message whose headers nobody can read, which becomes a dead letter', async () => {
    await publishRaw(hub.port, 'dealeriq.up.D042.live.order.placed', 'ce-id: a\rb', 'as it came');
    await store('D017', [1, 2]);
    await store('D099', [1]);
    start();
    await untilKafkaHas('D017', [1, 2]);
    await untilKafkaHas('D099', [1]);
    await eventually(async () => {
      const letters = await Promise.all([0, 1, 2].map((partition) => deadLetters(partition)));
      expect(letters.flat()).toEqual(['as it came']);
    });
  });

  it('is purged from the hub below what Kafka has, and only while the hub still has that very event there', async () => {
    await store('D042', [1, 2, 3, 4]);
    const places = async () => (await (await jetstreamManager(nc)).streams.info(UP)).state;
    const { first_seq: first } = await places();
    const at = (sequence: number, streamSequence: number) =>
      new Map([['up/D042/B1/live', { epoch: EPOCH, sequence, streamSequence }]]);
    await createPurge(nc, Date.now, 0).run(at(3, first + 1));
    expect((await places()).messages).toBe(4);
    await createPurge(nc, Date.now, 0).run(at(3, first + 2));
    expect(await places()).toMatchObject({ messages: 2, first_seq: first + 2 });
  });
});

function eventOf(dealerId: string, sequence: number): OutboxEvent {
  const data = payload('ticket.created');
  const id = `${dealerId}-${sequence}`;
  return {
    lane: 'live',
    epoch: EPOCH,
    sequence,
    id,
    type: 'ticket.created',
    version: 1,
    source: `urn:dealeriq:dealer:${dealerId}:B1`,
    subject: String((data as { ticketId: string }).ticketId),
    time: '2026-11-02T10:00:00.000Z',
    dealerId,
    correlationId: id,
    causationId: undefined,
    traceparent: undefined,
    dataText: JSON.stringify(data),
  };
}

/** Publishes with a header block that the client would refuse to write. */
async function publishRaw(port: number, subject: string, header: string, body: string): Promise<void> {
  const block = `NATS/1.0\r\n${header}\r\n\r\n`;
  const socket = createConnection(port, '127.0.0.1');
  socket.write('CONNECT {"verbose":false,"headers":true}\r\n');
  socket.write(`HPUB ${subject} ${block.length} ${block.length + body.length}\r\n${block}${body}\r\nPING\r\n`);
  let answers = '';
  for await (const chunk of socket) {
    answers += String(chunk);
    if (answers.includes('PONG')) break;
  }
  socket.destroy();
}

/** Asks until it holds, or fails with what was wrong last. */
async function eventually<T>(check: () => Promise<T>, withinMs = 15_000): Promise<T> {
  const deadlineMs = performance.now() + withinMs;
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (performance.now() > deadlineMs) throw error;
      await setTimeout(50);
    }
  }
}
