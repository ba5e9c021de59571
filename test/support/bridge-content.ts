import avro from 'avsc';
import { readWithConsole } from './bridge-console.ts';
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
