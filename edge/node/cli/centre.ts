import { userInfo } from 'node:os';
import { join } from 'node:path';
import { EdgeError } from '../../../src/core/errors.ts';
import { type Kafka, KafkaError } from '../../../sync/bridge/kafka.ts';
import { openPayloadCodec } from '../../../sync/bridge/registry/open-codec.ts';
import type { PayloadCodec } from '../../../sync/bridge/registry/payload-codec.ts';
import { registryClient } from '../../../sync/bridge/registry/registry-client.ts';
import { openSchemaCache } from '../../../sync/bridge/registry/schema-cache.ts';
import { type Config, loadConfig } from '../config.ts';
import { explainKafka, openKafka, registryOptions } from '../kafka.ts';

/** Works on the Kafka that the configuration names, and closes the connection whatever happens. */
export async function withCentre<T>(work: (kafka: Kafka, config: Config) => Promise<T>): Promise<T> {
  const { config } = await loadConfig();
  const explain = (error: unknown) => explainKafka(config.KAFKA_BROKERS ?? '', error);
  const kafka = await openKafka(config, 'dealeriq-operator').catch((error: unknown) => {
    throw explain(error);
  });
  try {
    return await work(kafka, config);
  } catch (error) {
    // Anything else, such as the hub or a file, is not Kafka's fault.
    throw error instanceof KafkaError ? explain(error) : error;
  } finally {
    await kafka.close();
  }
}

/** A codec that is opened when a payload has to be read or written; it registers nothing. */
export function lazyCodec(config: Config): () => Promise<PayloadCodec> {
  let opened: Promise<PayloadCodec> | undefined;
  return () => {
    opened ??= openCodec(config);
    return opened;
  };
}

async function openCodec(config: Config): Promise<PayloadCodec> {
  const settings = registryOptions(config);
  if (settings === undefined) {
    throw new EdgeError(
      'invalid-config',
      'SCHEMA_REGISTRY_URL is not set: payloads in Kafka are read and written by the schemas there.',
    );
  }
  const client = registryClient(settings);
  const cache = openSchemaCache({ registry: client.url, file: join(config.DATA_DIR, 'bridge-schemas.json') });
  const { codec, schemas } = openPayloadCodec({
    client,
    format: config.SCHEMA_FORMAT,
    cache,
    prefix: config.KAFKA_PREFIX,
    register: false,
  });
  await schemas.prepare();
  return codec;
}

/** Who calls: the name that goes beside what was done, unless another is given. */
export function callerName(): string {
  try {
    return userInfo().username;
  } catch {
    // A user id without a name, as in many containers.
    return `uid ${process.getuid?.() ?? 'unknown'}`;
  }
}
