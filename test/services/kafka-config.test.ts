import { describe, expect, it } from 'vitest';
import { kafkaConfig, kafkaJavaOptions } from '../../scripts/services/kafka-config.ts';

const PLAIN = { port: 1001, controllerPort: 1002, dataFolder: '/data' };
const SECURE = {
  ...PLAIN,
  secure: {
    port: 1003,
    certificate: '-----BEGIN CERTIFICATE-----\nMII=\n-----END CERTIFICATE-----\n',
    key: '-----BEGIN PRIVATE KEY-----\nMIG=\n-----END PRIVATE KEY-----\n',
  },
};
const OAUTH = { jwksFile: '/keys/jwks.json', issuer: 'https://id.example', audience: 'kafka' };

/** A properties file as a map, for lines without escapes. */
const read = (text: string) =>
  Object.fromEntries(
    text
      .trimEnd()
      .split('\n')
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );

describe('the configuration of a Kafka node', () => {
  it('listens on loopback only, for clients and for the controller', () => {
    const config = read(kafkaConfig(PLAIN));
    expect(config.listeners).toBe('PLAINTEXT://127.0.0.1:1001,CONTROLLER://127.0.0.1:1002');
    expect(config['advertised.listeners']).toBe('PLAINTEXT://127.0.0.1:1001');
    expect(Object.keys(config).some((name) => name.startsWith('listener.name.secure'))).toBe(false);
  });

  it('makes no topic on its own and lets nobody in whom no rule names, but for the plain listener', () => {
    const config = read(kafkaConfig(PLAIN));
    expect(config).toMatchObject({
      'auto.create.topics.enable': 'false',
      'allow.everyone.if.no.acl.found': 'false',
      'super.users': 'User:ANONYMOUS',
    });
    expect(config['authorizer.class.name']).toMatch(/\.StandardAuthorizer$/);
  });

  it('beats often enough to stay within the session', () => {
    for (const sessionTimeoutMs of [600, 2_000, 9_000]) {
      const config = read(kafkaConfig({ ...PLAIN, sessionTimeoutMs }));
      expect(Number(config['broker.heartbeat.interval.ms'])).toBeLessThan(sessionTimeoutMs / 3);
    }
  });

  it('keeps a PEM of many lines on one', () => {
    const config = read(kafkaConfig(SECURE));
    expect(config['listener.name.secure.ssl.keystore.key']).toBe(
      '-----BEGIN PRIVATE KEY-----\\nMIG=\\n-----END PRIVATE KEY-----\\n',
    );
    expect(config.listeners).toContain('SECURE://127.0.0.1:1003');
    expect(config['listener.name.secure.sasl.enabled.mechanisms']).toBe('SCRAM-SHA-512');
    expect(config['listener.name.secure.ssl.client.auth']).toBe('none');
  });

  it('asks for client certificates where it knows their authority', () => {
    const config = read(kafkaConfig({ ...PLAIN, secure: { ...SECURE.secure, clientAuthority: 'PEM' } }));
    expect(config['listener.name.secure.ssl.client.auth']).toBe('required');
    expect(config['listener.name.secure.ssl.truststore.certificates']).toBe('PEM');
  });

  it('takes tokens of one issuer for one audience, and lets Java read that key set only', () => {
    const settings = { ...PLAIN, secure: { ...SECURE.secure, oauth: OAUTH } };
    const config = read(kafkaConfig(settings));
    expect(config['listener.name.secure.sasl.enabled.mechanisms']).toBe('SCRAM-SHA-512,OAUTHBEARER');
    expect(config['listener.name.secure.sasl.oauthbearer.expected.issuer']).toBe('https://id.example');
    expect(config['listener.name.secure.sasl.oauthbearer.expected.audience']).toBe('kafka');
    expect(kafkaJavaOptions(settings)).toEqual([
      '-Dorg.apache.kafka.sasl.oauthbearer.allowed.urls=file:///keys/jwks.json',
    ]);
    expect(kafkaJavaOptions(SECURE)).toEqual([]);
  });

  it('escapes what a properties file would read otherwise, and lets further settings win', () => {
    const text = kafkaConfig({ ...PLAIN, dataFolder: 'C:\\data', extra: { 'num.io.threads': 9, 'x': ' y' } });
    expect(text).toContain('log.dirs=C:\\\\data\n');
    expect(text).toContain('num.io.threads=9\n');
    expect(text).toContain('x=\\ y\n');
  });
});
