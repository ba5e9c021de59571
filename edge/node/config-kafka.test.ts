import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EdgeError } from '../../src/core/errors.ts';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import { loadConfig, redacted } from './config.ts';

const USER = { KAFKA_USERNAME: 'u', KAFKA_PASSWORD: 'p' };
const OAUTH = {
  KAFKA_SASL_MECHANISM: 'OAUTHBEARER',
  KAFKA_OAUTH_TOKEN_URL: 'https://id.example/token',
  KAFKA_OAUTH_CLIENT_ID: 'c',
  KAFKA_OAUTH_CLIENT_SECRET: 's',
};
const FAR = { KAFKA_BROKERS: 'kafka.example:9093' };
const TLS = { KAFKA_SECURITY: 'tls' };

describe('the settings of Kafka and the schema registry', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => folder.remove());

  const load = (environment: Record<string, string>) => loadConfig(environment, folder.path);

  async function complaint(environment: Record<string, string>): Promise<string> {
    try {
      await load(environment);
    } catch (error) {
      if (error instanceof EdgeError && error.code === 'invalid-config') return error.detail;
      throw error;
    }
    return '';
  }

  it('have defaults that need no account', async () => {
    const { config } = await load({ KAFKA_BROKERS: 'a:9092, b.example:9093' });
    expect(config).toMatchObject({ KAFKA_SECURITY: 'plaintext', KAFKA_PREFIX: 'dealeriq', SCHEMA_FORMAT: 'avro' });
  });

  it.each([
    ['SCRAM without TLS', { ...FAR, ...USER, KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512' }],
    ['PLAIN on loopback', { KAFKA_BROKERS: '127.0.0.1:9092', ...USER, KAFKA_SASL_MECHANISM: 'PLAIN' }],
    ['PLAIN over TLS', { ...FAR, ...TLS, ...USER, KAFKA_SASL_MECHANISM: 'PLAIN' }],
    ['OAUTHBEARER over TLS', { ...FAR, ...TLS, ...OAUTH, KAFKA_OAUTH_SCOPE: 'kafka' }],
    ['a certificate of our own', { ...FAR, ...TLS, KAFKA_CA: 'ca', KAFKA_CERT: 'c', KAFKA_KEY: 'k' }],
  ])('take %s', async (_what, environment) => {
    expect(await complaint(environment)).toBe('');
  });

  it.each([
    [{ KAFKA_BROKERS: 'kafka.example' }, 'KAFKA_BROKERS (environment)'],
    [{ KAFKA_BROKERS: 'https://kafka.example:1' }, 'KAFKA_BROKERS (environment)'],
    [{ KAFKA_PREFIX: 'a..b' }, 'KAFKA_PREFIX (environment)'],
    [{ KAFKA_SECURITY: 'ssl' }, 'KAFKA_SECURITY (environment)'],
    [USER, 'KAFKA_USERNAME is set, but KAFKA_SASL_MECHANISM is not'],
    [{ KAFKA_SASL_MECHANISM: 'SCRAM-SHA-256', KAFKA_USERNAME: 'u' }, 'KAFKA_PASSWORD is missing'],
    [{ ...OAUTH, ...TLS, KAFKA_USERNAME: 'u' }, 'OAUTHBEARER does not use it'],
    [{ ...TLS, KAFKA_SASL_MECHANISM: 'OAUTHBEARER' }, 'KAFKA_OAUTH_CLIENT_SECRET is missing'],
    [{ KAFKA_OAUTH_SCOPE: 'x' }, 'KAFKA_OAUTH_SCOPE is set, but KAFKA_SASL_MECHANISM is not'],
    [{ ...OAUTH, ...TLS, KAFKA_OAUTH_TOKEN_URL: 'http://id.example/token' }, 'KAFKA_OAUTH_TOKEN_URL is not https'],
    [{ ...FAR, ...USER, KAFKA_SASL_MECHANISM: 'PLAIN' }, 'sends the password in the clear'],
    [{ ...FAR, ...OAUTH }, 'sends the token in the clear'],
    [{ KAFKA_CA: 'ca.pem' }, 'KAFKA_CA is set, but KAFKA_SECURITY is plaintext'],
    [{ ...TLS, KAFKA_CERT: 'c' }, 'KAFKA_CERT and KAFKA_KEY'],
    [{ SCHEMA_REGISTRY_USERNAME: 'u' }, 'SCHEMA_REGISTRY_USERNAME and SCHEMA_REGISTRY_PASSWORD'],
    [{ SCHEMA_REGISTRY_URL: 'http://127.0.0.1:8081', SCHEMA_REGISTRY_CA: 'c' }, 'SCHEMA_REGISTRY_URL is not https'],
    [
      { SCHEMA_REGISTRY_URL: 'http://r.example', SCHEMA_REGISTRY_USERNAME: 'u', SCHEMA_REGISTRY_PASSWORD: 'p' },
      'would be sent in the clear',
    ],
  ])('name the key and the fix of %j', async (environment, part) => {
    expect(await complaint(environment)).toContain(part);
  });

  it('hide passwords and secrets', async () => {
    const registry = { SCHEMA_REGISTRY_URL: 'https://r.example', SCHEMA_REGISTRY_USERNAME: 'u' };
    const { config } = await load({
      ...{ ...registry, SCHEMA_REGISTRY_PASSWORD: 'hunter2' },
      ...{ ...TLS, ...OAUTH, KAFKA_OAUTH_CLIENT_SECRET: 'hunter2' },
    });
    const scram = await load({ KAFKA_SASL_MECHANISM: 'SCRAM-SHA-256', KAFKA_USERNAME: 'u', KAFKA_PASSWORD: 'hunter2' });
    expect(JSON.stringify([redacted(config), redacted(scram.config)])).not.toContain('hunter2');
  });
});
