import { readFileSync } from 'node:fs';
import { EdgeError } from '../../src/core/errors.ts';
import { type Kafka, KafkaError, type KafkaErrorCode, type KafkaSettings } from '../../sync/bridge/kafka.ts';
import { Cluster } from '../../sync/bridge/kafka-client/cluster.ts';
import { connectKafka } from '../../sync/bridge/kafka-client/connect.ts';
import type { RegistrySettings } from '../../sync/bridge/registry/registry-client.ts';
import type { Config, ConfigKey } from './config.ts';
import { clientCredentials } from './oauth-token.ts';

/**
 * How to reach and sign in to the cluster that the configuration names; certificates are read here.
 * @param clientId - what the brokers' logs and quotas call this program.
 * @throws {EdgeError} `invalid-config` when KAFKA_BROKERS is not set or a file cannot be read.
 */
export function kafkaSettings(config: Config, clientId = 'dealeriq'): KafkaSettings {
  return { brokers: brokersOf(config), clientId, ...tlsOf(config), ...saslOf(config) };
}

/**
 * Connects to the cluster that the configuration names.
 * @throws {EdgeError} as `kafkaSettings`. @throws {KafkaError} `unavailable` or `unauthorized`: see `explainKafka`.
 */
export function openKafka(config: Config, clientId?: string): Promise<Kafka> {
  return connectKafka(kafkaSettings(config, clientId));
}

/** How many brokers the cluster has now; those that are down do not count. @throws what `openKafka` throws. */
export async function brokerCount(config: Config): Promise<number> {
  const cluster = new Cluster(kafkaSettings(config));
  try {
    return (await cluster.metadata([])).brokers.length;
  } finally {
    await cluster.close();
  }
}

/**
 * How to reach the schema registry; `undefined` when SCHEMA_REGISTRY_URL is not set.
 * @throws {EdgeError} `invalid-config` when SCHEMA_REGISTRY_CA cannot be read.
 */
export function registryOptions(config: Config): RegistrySettings | undefined {
  const { SCHEMA_REGISTRY_URL: url, SCHEMA_REGISTRY_USERNAME: user, SCHEMA_REGISTRY_PASSWORD: password } = config;
  if (url === undefined) return undefined;
  const ca = config.SCHEMA_REGISTRY_CA;
  return {
    url,
    ...(user === undefined || password === undefined ? {} : { basic: { user, password } }),
    ...(ca === undefined ? {} : { tls: { ca: read('SCHEMA_REGISTRY_CA', ca) } }),
  };
}

/** The addresses of KAFKA_BROKERS. @throws {EdgeError} `invalid-config` when it is not set. */
function brokersOf(config: Config): readonly string[] {
  if (config.KAFKA_BROKERS === undefined) {
    throw new EdgeError(
      'invalid-config',
      'KAFKA_BROKERS is not set: it says where Kafka is, such as 127.0.0.1:9092; several with commas.',
    );
  }
  return config.KAFKA_BROKERS.split(',').map((broker) => broker.trim());
}

function tlsOf(config: Config): Pick<KafkaSettings, 'tls'> {
  if (config.KAFKA_SECURITY !== 'tls') return {};
  return {
    tls: {
      ...(config.KAFKA_CA === undefined ? {} : { ca: read('KAFKA_CA', config.KAFKA_CA) }),
      ...(config.KAFKA_CERT === undefined ? {} : { cert: read('KAFKA_CERT', config.KAFKA_CERT) }),
      ...(config.KAFKA_KEY === undefined ? {} : { key: read('KAFKA_KEY', config.KAFKA_KEY) }),
    },
  };
}

function saslOf(config: Config): Pick<KafkaSettings, 'sasl'> {
  const mechanism = config.KAFKA_SASL_MECHANISM;
  if (mechanism === undefined) return {};
  if (mechanism !== 'OAUTHBEARER') {
    const { KAFKA_USERNAME: username = '', KAFKA_PASSWORD: password = '' } = config;
    return { sasl: { mechanism, username, password } };
  }
  const token = clientCredentials({
    tokenUrl: config.KAFKA_OAUTH_TOKEN_URL ?? '',
    clientId: config.KAFKA_OAUTH_CLIENT_ID ?? '',
    clientSecret: config.KAFKA_OAUTH_CLIENT_SECRET ?? '',
    scope: config.KAFKA_OAUTH_SCOPE,
  });
  return { sasl: { mechanism, token } };
}

const ADVICE: Readonly<Partial<Record<KafkaErrorCode, string>>> = {
  'unavailable':
    'Check KAFKA_BROKERS, that the brokers run and can be reached, and that KAFKA_SECURITY is what that port speaks.',
  'unauthorized':
    'Check KAFKA_SASL_MECHANISM and the credentials; if they are right, this principal lacks a rule: see `dealeriq topics plan --principal`. Topics and rules need a super user.',
  'unknown-topic': 'Make the topics with `dealeriq topics apply`, under the same KAFKA_PREFIX.',
  'unsupported':
    'These brokers lack something that is needed: use Apache Kafka 4, with an authorizer where rules are asked for.',
  'too-large': 'Raise max.message.bytes of the topic: `dealeriq topics apply` sets what events need.',
  'refused': 'The brokers do not allow it: check their limits and policies, and --replication against their number.',
  'topic-changed': 'The topic was deleted or made again: see docs/runbooks/kafka.md before anything else is started.',
};

/** What stopped a command that works on Kafka, and what to do; errors of ours stay as they are. */
export function explainKafka(brokers: string, error: unknown): unknown {
  if (error instanceof EdgeError || !(error instanceof Error)) return error;
  if (error instanceof KafkaError) {
    const advice = ADVICE[error.code] ?? '';
    return explained(brokers, error.message, advice, error);
  }
  const advice = /certificate|altnames|tls|ssl/i.test(error.message)
    ? 'Set KAFKA_CA to the certificates of the authority that signed those of the brokers, and KAFKA_BROKERS to names that are in them.'
    : /sasl|authentication|credential/i.test(error.message)
      ? 'Check KAFKA_SASL_MECHANISM, and KAFKA_USERNAME and KAFKA_PASSWORD or the KAFKA_OAUTH settings.'
      : (ADVICE.unavailable ?? '');
  return explained(brokers, error.message, advice, error);
}

function explained(brokers: string, what: string, advice: string, cause: Error): EdgeError {
  const sentence = what.replace(/\.$/, '');
  return new EdgeError('invalid-config', `Kafka at ${brokers} cannot be used: ${sentence}. ${advice}`.trim(), {
    cause,
  });
}

function read(setting: ConfigKey, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new EdgeError('invalid-config', `${setting}: ${path} cannot be read. Correct the path.`, { cause: error });
  }
}
