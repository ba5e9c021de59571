import avro from 'avsc';
import { checkpointTopic } from '../../sync/bridge/checkpoint.ts';
import type { KafkaMessage } from '../../sync/bridge/kafka.ts';
import { type ReadRecord, readWithConsole } from './bridge-console.ts';
import type { KafkaContent } from './bridge-oracle.ts';
import type { BridgeWorld } from './bridge-world.ts';

/** What Kafka has, read by its own console consumer and decoded with plain avsc by the schemas of the registry. */
export async function contentOf(world: BridgeWorld): Promise<KafkaContent> {
  const { kafkaServer, prefix, folder, registry } = world;
  const all = await readWithConsole({
    broker: kafkaServer.broker,
    topics: `${prefix.replaceAll('.', '\\.')}\\..*`,
    folder,
  });
  // Its keys are the only ones that begin like this.
  const isCheckpoint = (key: string) => key.startsWith('up/') || key === 'position';
  return {
    records: all.filter(({ key }) => !isCheckpoint(key)),
    checkpoint: all.filter(({ key }) => isCheckpoint(key)),
    decode: plainDecoder(registry.url),
  };
}

/** How many records a reader sees that does not ask for committed ones only. */
export async function uncommittedCount(world: BridgeWorld): Promise<number> {
  const { kafkaServer, prefix, folder } = world;
  const topics = `${prefix.replaceAll('.', '\\.')}\\.(?!bridge\\.).*`;
  const all = await readWithConsole({ broker: kafkaServer.broker, topics, folder, isolation: 'read_uncommitted' });
  return all.length;
}

/** Confluent's wire format: a zero, the schema's id in four bytes, then the Avro. */
export function plainDecoder(registryUrl: string): (value: Buffer) => Promise<unknown> {
  const types = new Map<number, Promise<avro.Type>>();
  const typeOf = async (id: number): Promise<avro.Type> => {
    const answer = await fetch(`${registryUrl}/schemas/ids/${id}`);
    const { schema } = (await answer.json()) as { schema: string };
    return avro.Type.forSchema(JSON.parse(schema) as avro.Schema);
  };
  return async (value) => {
    if (value[0] !== 0) throw new Error('The value is not in the wire format.');
    const id = value.readUInt32BE(1);
    const type = types.get(id) ?? typeOf(id);
    types.set(id, type);
    return (await type).fromBuffer(value.subarray(5));
  };
}

/** The same by the bridge's own client, which is quicker: for stories in one process. */
export async function readAll(world: BridgeWorld, prefix: string): Promise<KafkaContent> {
  const topics = (await world.kafka.admin().topics()).filter(({ name }) => name.startsWith(`${prefix}.`));
  const reader = world.kafka.reader();
  const read = async ({ name, partitions }: { name: string; partitions: number }) => {
    const all = await Promise.all(Array.from({ length: partitions }, (_, one) => reader.readToEnd(name, one, 0n)));
    return all.flat().map(readRecordOf);
  };
  const isCheckpoint = (name: string) => name === checkpointTopic(prefix);
  const records: ReadRecord[] = [];
  for (const topic of topics) if (!isCheckpoint(topic.name)) records.push(...(await read(topic)));
  const checkpoint = await Promise.all(topics.filter(({ name }) => isCheckpoint(name)).map(read));
  return { records, checkpoint: checkpoint.flat(), decode: plainDecoder(world.registry.url) };
}

function readRecordOf(message: KafkaMessage): ReadRecord {
  const text = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? new Uint8Array()).toString();
  return {
    partition: message.partition,
    offset: Number(message.offset),
    key: text(message.key),
    headers: Object.fromEntries(message.headers.map(({ name, value }) => [name, text(value)])),
    value: Buffer.from(message.value ?? new Uint8Array()),
  };
}
