import type { Config, ConfigKey } from './config-settings.ts';
import { settings } from './config-settings.ts';
import { isLoopback } from './loopback.ts';

const PASSWORD_KEYS = ['KAFKA_USERNAME', 'KAFKA_PASSWORD'] as const;
const OAUTH_KEYS = ['KAFKA_OAUTH_TOKEN_URL', 'KAFKA_OAUTH_CLIENT_ID', 'KAFKA_OAUTH_CLIENT_SECRET'] as const;
const TLS_KEYS = ['KAFKA_CA', 'KAFKA_CERT', 'KAFKA_KEY'] as const;

/** What does not fit together in the settings of Kafka and the schema registry, a line each with what to do. */
export function kafkaProblems(config: Config): readonly string[] {
  return [...signInProblems(config), ...tlsProblems(config), ...registryProblems(config)];
}

/** The hosts of KAFKA_BROKERS. */
function hosts(config: Config): readonly string[] {
  return (config.KAFKA_BROKERS ?? '').split(',').map((broker) => broker.trim().replace(/:\d+$/, ''));
}

function* signInProblems(config: Config): Iterable<string> {
  const mechanism = config.KAFKA_SASL_MECHANISM;
  const isOauth = mechanism === 'OAUTHBEARER';
  const takesPassword = mechanism !== undefined && !isOauth;
  if (takesPassword) yield* missing(config, PASSWORD_KEYS, `KAFKA_SASL_MECHANISM=${mechanism}`);
  else {
    for (const key of given(config, PASSWORD_KEYS)) {
      yield isOauth
        ? `${key} is set, but KAFKA_SASL_MECHANISM=OAUTHBEARER does not use it. Unset it, or choose PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512.`
        : `${key} is set, but KAFKA_SASL_MECHANISM is not: say PLAIN, SCRAM-SHA-256 or SCRAM-SHA-512, as the brokers have it.`;
    }
  }
  if (isOauth) yield* missing(config, OAUTH_KEYS, 'KAFKA_SASL_MECHANISM=OAUTHBEARER');
  else {
    for (const key of given(config, [...OAUTH_KEYS, 'KAFKA_OAUTH_SCOPE'])) {
      yield `${key} is set, but KAFKA_SASL_MECHANISM is ${mechanism ?? 'not'}: set it to OAUTHBEARER, or unset ${key}.`;
    }
  }
  // RFC 6749, section 3.2: the token endpoint takes secrets, so it needs TLS.
  const tokenUrl = config.KAFKA_OAUTH_TOKEN_URL === undefined ? undefined : new URL(config.KAFKA_OAUTH_TOKEN_URL);
  if (tokenUrl !== undefined && tokenUrl.protocol !== 'https:' && !isLoopback(tokenUrl.hostname)) {
    yield 'KAFKA_OAUTH_TOKEN_URL is not https: the secret of the client would be sent in the clear. Use https://.';
  }
  // A SCRAM exchange does not show the password; these two send what lets anybody in.
  const inTheClear = mechanism === 'PLAIN' || isOauth;
  if (inTheClear && config.KAFKA_SECURITY === 'plaintext' && !hosts(config).every(isLoopback)) {
    yield `KAFKA_SASL_MECHANISM=${mechanism} sends ${isOauth ? 'the token' : 'the password'} in the clear with KAFKA_SECURITY=plaintext. Set KAFKA_SECURITY=tls, or use SCRAM.`;
  }
}

function* tlsProblems(config: Config): Iterable<string> {
  if (config.KAFKA_SECURITY === 'plaintext') {
    for (const key of given(config, TLS_KEYS)) {
      yield `${key} is set, but KAFKA_SECURITY is plaintext: set KAFKA_SECURITY=tls, or unset ${key}.`;
    }
  }
  if ((config.KAFKA_CERT === undefined) !== (config.KAFKA_KEY === undefined)) {
    yield 'Of KAFKA_CERT and KAFKA_KEY only one is set. Set both or none.';
  }
}

function* registryProblems(config: Config): Iterable<string> {
  if ((config.SCHEMA_REGISTRY_USERNAME === undefined) !== (config.SCHEMA_REGISTRY_PASSWORD === undefined)) {
    yield 'Of SCHEMA_REGISTRY_USERNAME and SCHEMA_REGISTRY_PASSWORD only one is set. Set both or none.';
  }
  const url = config.SCHEMA_REGISTRY_URL === undefined ? undefined : new URL(config.SCHEMA_REGISTRY_URL);
  const isPlain = url?.protocol !== 'https:';
  if (config.SCHEMA_REGISTRY_CA !== undefined && isPlain) {
    yield 'SCHEMA_REGISTRY_CA is set, but SCHEMA_REGISTRY_URL is not https. Use https://, or unset SCHEMA_REGISTRY_CA.';
  }
  if (config.SCHEMA_REGISTRY_PASSWORD !== undefined && url !== undefined && isPlain && !isLoopback(url.hostname)) {
    yield 'SCHEMA_REGISTRY_URL is not https: SCHEMA_REGISTRY_PASSWORD would be sent in the clear. Use https://.';
  }
}

function given<Key extends ConfigKey>(config: Config, keys: readonly Key[]): readonly Key[] {
  return keys.filter((key) => config[key] !== undefined);
}

function missing(config: Config, keys: readonly ConfigKey[], because: string): readonly string[] {
  return keys
    .filter((key) => config[key] === undefined)
    .map((key) => `${key} is missing: ${because} needs it. ${settings[key].description}.`);
}
