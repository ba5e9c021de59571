import { MsgHdrsImpl } from '@nats-io/nats-core/internal';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { checkpointTopic, foldCheckpoint, laneOfKey } from '../../sync/bridge/checkpoint.ts';
import type { Kafka, KafkaRecord, TransactionalProducer } from '../../sync/bridge/kafka.ts';
import { openPayloadCodec } from '../../sync/bridge/registry/open-codec.ts';
import type { PayloadCodec } from '../../sync/bridge/registry/payload-codec.ts';
import { registryClient } from '../../sync/bridge/registry/registry-client.ts';
import { applyTopics, planTopics } from '../../sync/bridge/topics.ts';
import { createUpGate } from '../../sync/bridge/up-gate.ts';
import type { UpMessage } from '../../sync/bridge/up-source.ts';
import { publishReceipt } from '../../sync/jetstream/up-hub.ts';
import { type CopyPorts, type Plant, tellStory } from '../support/bridge-story.ts';
import { type BridgeWorld, startBridgeWorld } from '../support/bridge-world.ts';
import { kafkaOrSkip } from '../support/kafka-server.ts';
import { natsOrSkip } from '../support/nats-server.ts';
import { registryOrSkip } from '../support/registry-server.ts';

/**
 * The checks are checked: each bug is planted by wrapping a port of the real loop, the same story is told on a real
 * broker and hub, and the oracle has to find it. Without a bug the story ends well.
 */

const isReady = [await natsOrSkip(), await kafkaOrSkip(), await registryOrSkip()].every((one) => one !== undefined);

type Send = (records: readonly KafkaRecord[]) => Promise<void>;
type Wrap = (producer: TransactionalProducer, id: string) => Partial<TransactionalProducer>;

/** Another producer in the place of the real one. */
function producing(ports: CopyPorts, wrap: Wrap, idOf = (id: string) => id): Kafka {
  return {
    ...ports.kafka,
    async producer(id, options) {
      const producer = await ports.kafka.producer(idOf(id), options);
      return {
        begin: () => producer.begin(),
        send: (records) => producer.send(records),
        commit: () => producer.commit(),
        abort: () => producer.abort(),
        close: () => producer.close(),
        ...wrap(producer, id),
      };
    },
  };
}
const sending =
  (wrap: (send: Send, ports: CopyPorts, producer: TransactionalProducer) => Send): Plant =>
  (ports) => ({
    ...ports,
    kafka: producing(ports, (producer) => ({ send: wrap((records) => producer.send(records), ports, producer) })),
  });
const isCheckpoint =
  ({ prefix }: CopyPorts) =>
  (record: KafkaRecord) =>
    record.topic === checkpointTopic(prefix);
const gating = (change: (admitted: readonly KafkaRecord[], isDeadLetter: boolean) => readonly KafkaRecord[]): Plant => {
  return (ports) => ({
    ...ports,
    gate: {
      async admit(message) {
        const { records, deadLetter } = await ports.gate.admit(message);
        return { records: change(records, deadLetter), deadLetter };
      },
    },
  });
};

interface Bug {
  readonly bug: string;
  readonly plant: () => Plant;
  /** What shows it. */
  readonly shows: RegExp;
}

const bugs: readonly Bug[] = [
  {
    bug: 'a transaction holds the records without the checkpoint',
    plant: () => sending((send, ports) => (records) => send(records.filter((one) => !isCheckpoint(ports)(one)))),
    shows: /duplicated/,
  },
  {
    bug: 'the checkpoint is committed in a transaction of its own, before the records',
    plant: () =>
      sending((send, ports, producer) => async (records) => {
        await send(records.filter(isCheckpoint(ports)));
        await producer.commit();
        await producer.begin();
        await send(records.filter((one) => !isCheckpoint(ports)(one)));
      }),
    shows: /lost/,
  },
  {
    bug: 'the checkpoint is committed in a transaction of its own, after the records',
    plant: () =>
      sending((send, ports, producer) => async (records) => {
        await send(records.filter((one) => !isCheckpoint(ports)(one)));
        await producer.commit();
        await producer.begin();
        await send(records.filter(isCheckpoint(ports)));
      }),
    shows: /duplicated/,
  },
  {
    bug: 'the checkpoint is read before the earlier owner is fenced',
    plant: () => (ports) => {
      const stale = new Map<string, Awaited<ReturnType<ReturnType<Kafka['reader']>['readToEnd']>>>();
      return {
        ...ports,
        kafka: {
          ...ports.kafka,
          async producer(id, options) {
            const shard = Number(id.split('-').at(-1));
            const topic = checkpointTopic(ports.prefix);
            stale.set(`${topic}/${shard}`, await ports.kafka.reader().readToEnd(topic, shard, 0n));
            await ports.release();
            return ports.kafka.producer(id, options);
          },
          reader: () => ({
            ...ports.kafka.reader(),
            readToEnd: async (topic, shard) => stale.get(`${topic}/${shard}`) ?? [],
          }),
        },
      };
    },
    shows: /duplicated/,
  },
  {
    bug: 'each copy has a transactional id of its own, so that none is fenced',
    plant: () => (ports) => ({
      ...ports,
      kafka: producing(
        ports,
        () => ({}),
        (id) => `${id}-${crypto.randomUUID()}`,
      ),
    }),
    shows: /duplicated/,
  },
  {
    bug: 'two shards share a transactional id',
    plant: () => (ports) => ({
      ...ports,
      kafka: producing(
        ports,
        () => ({}),
        (id) => id.replace(/\d+$/, '0'),
      ),
    }),
    shows: /fenced, with no other copy/,
  },
  {
    bug: 'a commit that failed counts as done',
    plant: () => (ports) => ({
      ...ports,
      kafka: producing(ports, (producer) => ({ commit: () => producer.commit().catch(() => undefined) })),
    }),
    shows: /lost|heard of/,
  },
  {
    bug: 'the checkpoint is read with what was never committed',
    plant: () => {
      const sent = new Map<number, KafkaRecord[]>();
      return (ports) => ({
        ...ports,
        kafka: {
          ...producing(ports, (producer) => ({
            async send(records) {
              for (const one of records.filter(isCheckpoint(ports))) {
                const shard = one.partition ?? 0;
                sent.set(shard, [...(sent.get(shard) ?? []), one]);
              }
              await producer.send(records);
            },
          })),
          reader: () => ({
            ...ports.kafka.reader(),
            readToEnd: async (topic, partition) =>
              (sent.get(partition) ?? []).map(({ key, value }, index) => ({
                ...{ topic, partition, offset: BigInt(index), timestampMs: 0, headers: [] },
                key: Buffer.from(String(key)),
                value: value ?? undefined,
              })),
          }),
        },
      });
    },
    shows: /lost/,
  },
  {
    bug: 'a receipt is sent before the commit',
    plant: () =>
      sending((send, ports) => async (records) => {
        await send(records);
        const { watermarks } = foldCheckpoint(
          records.filter(isCheckpoint(ports)).map(({ topic, key, value }) => ({
            ...{ topic, partition: 0, offset: 0n, timestampMs: 0, headers: [] },
            key: Buffer.from(String(key)),
            value: value ?? undefined,
          })),
        );
        for (const [key, { epoch, sequence }] of watermarks) {
          const { dealerId, deviceId, lane } = laneOfKey(key);
          await publishReceipt(ports.nc, dealerId, { device: deviceId, lanes: { [lane]: { epoch, sequence } } });
        }
      }),
    shows: /heard of/,
  },
  {
    bug: 'the place in the stream is trusted after the hub was rolled back',
    plant: () => {
      const known = new Map<number, UpMessage>();
      return (ports) => ({
        ...ports,
        gate: {
          admit(message) {
            if (!known.has(message.streamSequence)) known.set(message.streamSequence, message);
            return ports.gate.admit(message);
          },
        },
        nc: remembering(ports.nc, known),
      });
    },
    shows: /lost/,
  },
  {
    bug: 'an event is left out, and the watermark goes past it',
    plant: () => {
      let left = 30;
      return gating((records) => {
        left -= 1;
        return left === 0 ? [] : records;
      });
    },
    shows: /lost/,
  },
  {
    bug: 'poison is skipped instead of kept as a dead letter',
    plant: () => gating((records, isDeadLetter) => (isDeadLetter ? [] : records)),
    shows: /lost/,
  },
  {
    bug: 'a dead letter is kept as text instead of its bytes',
    plant: () =>
      gating((records, isDeadLetter) =>
        isDeadLetter
          ? records.map((one) => ({ ...one, value: one.topic.endsWith('.dlq') ? asText(one.value) : one.value }))
          : records,
      ),
    shows: /altered: .* random bytes has other bytes/,
  },
  {
    bug: 'the records of a transaction are in another order',
    plant: () => sending((send) => (records) => send(records.toReversed())),
    shows: /reordered/,
  },
  {
    bug: 'records have no key, so that a dealer is spread over partitions',
    plant: () =>
      sending(
        (send) => (records) =>
          send(records.map((one, index) => (one.partition === undefined ? { ...one, partition: index % 2 } : one))),
      ),
    shows: /in two partitions/,
  },
];

function asText(value: Uint8Array | null): Uint8Array | null {
  return value === null ? null : new TextEncoder().encode(new TextDecoder().decode(value));
}

/** A hub that says of each place what stood there first. */
function remembering(nc: CopyPorts['nc'], known: ReadonlyMap<number, UpMessage>): CopyPorts['nc'] {
  return new Proxy(nc, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (name !== 'request') return typeof member === 'function' ? member.bind(target) : member;
      return (subject: string, data?: string, options?: object) => {
        const isPlace = subject === '$JS.API.DIRECT.GET.DEALERIQ_UP';
        const query = isPlace ? (JSON.parse(String(data)) as { seq: number; next_by_subj?: string }) : undefined;
        const message = query?.next_by_subj === undefined ? known.get(query?.seq ?? 0) : undefined;
        return message === undefined ? target.request(subject, data, options as never) : asAnswer(message);
      };
    },
  });
}

function asAnswer(message: UpMessage) {
  const headers = MsgHdrsImpl.fromRecord({
    ...Object.fromEntries(Object.entries(message.headers).map(([name, value]) => [name, [value]])),
    'Nats-Sequence': [String(message.streamSequence)],
    'Nats-Subject': [message.subject],
    'Nats-Time-Stamp': [new Date(message.storedMs).toISOString()],
  });
  return Promise.resolve({ headers, data: message.bytes });
}

describe.skipIf(!isReady)('the oracle of the bridge', { timeout: 60_000 }, () => {
  let world: BridgeWorld;
  let codec: PayloadCodec;
  let stories = 0;

  beforeAll(async () => {
    world = await startBridgeWorld();
    const { codec: made, schemas } = openPayloadCodec({
      client: registryClient({ url: world.registry.url }),
      format: 'avro',
      prefix: world.prefix,
    });
    await schemas.prepare();
    codec = made;
  }, 60_000);

  afterAll(() => world?.dispose());

  const told = async (plant: Plant): Promise<string> => {
    stories += 1;
    const prefix = `story${stories}`;
    const admin = world.kafka.admin();
    const steps = await planTopics(admin, { prefix, replicationFactor: 1, partitions: 2, shards: 2 });
    await applyTopics(
      admin,
      steps.filter(({ topic }) => USED.test(topic)),
    );
    return tellStory(world, prefix, createUpGate({ codec, prefix, nowMs: Date.now }), plant);
  };

  test('finds nothing where there is no bug', async () => {
    expect(await told((ports) => ports)).toBe('');
  });

  test.each(bugs)('finds: $bug', async ({ plant, shows }) => {
    expect(await told(plant())).toMatch(shows);
  });
});

/** The topics of a story: what its dealers send, and what the bridge adds. */
const USED =
  /\.(?:order\.placed|ticket\.created|feedback\.submitted|metric\.anomaly\.detected|recommender\.output|data\.pipeline\.started|data\.contract\.violation|dlq|bridge\.checkpoint)$/;
