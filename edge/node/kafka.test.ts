import { writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EdgeError } from '../../src/core/errors.ts';
import { KafkaError } from '../../sync/bridge/kafka.ts';
import { codeOf } from '../../test/support/code-of.ts';
import { temporaryFolder } from '../../test/support/temporary-folder.ts';
import { loadConfig } from './config.ts';
import { explainKafka, kafkaSettings, registryOptions } from './kafka.ts';
import { clientCredentials } from './oauth-token.ts';

describe('the settings of a connection to Kafka', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => folder.remove());

  const settings = async (environment: Record<string, string>) =>
    kafkaSettings((await loadConfig(environment, folder.path)).config);

  it('are the brokers alone where nothing else is set', async () => {
    expect(await settings({ KAFKA_BROKERS: 'a:1, b:2' })).toEqual({ brokers: ['a:1', 'b:2'], clientId: 'dealeriq' });
  });

  it('hold what is in the files of certificates', async () => {
    for (const name of ['ca', 'cert', 'key']) writeFileSync(join(folder.path, name), `the ${name}`);
    const path = (name: string) => join(folder.path, name);
    const files = { KAFKA_CA: path('ca'), KAFKA_CERT: path('cert'), KAFKA_KEY: path('key') };
    const { tls } = await settings({ KAFKA_BROKERS: 'a:1', KAFKA_SECURITY: 'tls', ...files });
    expect(tls).toEqual({ ca: 'the ca', cert: 'the cert', key: 'the key' });
  });

  it('are refused without brokers, and where a file is missing', async () => {
    expect(await codeOf(settings({}))).toBe('invalid-config');
    const lost = { KAFKA_BROKERS: 'a:1', KAFKA_SECURITY: 'tls', KAFKA_CA: join(folder.path, 'none') };
    expect(await codeOf(settings(lost))).toBe('invalid-config');
  });

  it('hold user and password for SCRAM', async () => {
    const user = { KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512', KAFKA_USERNAME: 'u', KAFKA_PASSWORD: 'p' };
    const { sasl } = await settings({ KAFKA_BROKERS: 'a:1', ...user });
    expect(sasl).toEqual({ mechanism: 'SCRAM-SHA-512', username: 'u', password: 'p' });
  });

  it('of the registry hold its user and its authority', async () => {
    writeFileSync(join(folder.path, 'ca'), 'the ca');
    const account = { SCHEMA_REGISTRY_USERNAME: 'u', SCHEMA_REGISTRY_PASSWORD: 'p' };
    const environment = { SCHEMA_REGISTRY_URL: 'https://r.example', SCHEMA_REGISTRY_CA: join(folder.path, 'ca') };
    const { config } = await loadConfig({ ...environment, ...account }, folder.path);
    const basic = { user: 'u', password: 'p' };
    expect(registryOptions(config)).toEqual({ url: 'https://r.example', basic, tls: { ca: 'the ca' } });
    expect(registryOptions((await loadConfig({}, folder.path)).config)).toBeUndefined();
  });
});

describe('explaining what stopped Kafka', () => {
  it.each([
    [new KafkaError('unavailable', 'no answer'), 'Check KAFKA_BROKERS'],
    [new KafkaError('unauthorized', 'no'), 'KAFKA_SASL_MECHANISM'],
    [new KafkaError('unknown-topic', 'no'), 'dealeriq topics apply'],
    [new Error('self-signed certificate in certificate chain'), 'Set KAFKA_CA'],
  ])('says after %s what to do', (error, advice) => {
    const explained = explainKafka('a:1', error);
    expect(explained).toBeInstanceOf(EdgeError);
    expect((explained as EdgeError).detail).toContain('Kafka at a:1 cannot be used');
    expect((explained as EdgeError).detail).toContain(advice);
  });

  it('leaves errors of ours as they are', () => {
    const ours = new EdgeError('invalid-config', 'as it is');
    expect(explainKafka('a:1', ours)).toBe(ours);
  });
});

describe('tokens by client credentials', () => {
  let server: Server;
  let asked: { authorization: string | undefined; form: Record<string, string> }[];
  let answer: { status: number; body: string };
  let url: string;

  beforeEach(async () => {
    asked = [];
    server = createServer(async (request, response) => {
      const form = Object.fromEntries(new URLSearchParams(await textOf(request)));
      asked.push({ authorization: request.headers.authorization, form });
      response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`;
  });
  afterEach(async () => {
    await new Promise((resolve) => server.close(resolve));
  });

  let nowMs = 0;
  const client = () =>
    clientCredentials({ tokenUrl: url, clientId: 'a:b', clientSecret: 's%&', scope: 'kafka' }, () => nowMs);
  const token = (value: string, rest: object = {}) => ({
    status: 200,
    body: JSON.stringify({ access_token: value, ...rest }),
  });

  it('are asked for with the id and secret in the header, encoded as RFC 6749 says', async () => {
    answer = token('t1');
    expect(await client()()).toBe('t1');
    expect(asked).toEqual([
      { authorization: `Basic ${btoa('a%3Ab:s%25%26')}`, form: { grant_type: 'client_credentials', scope: 'kafka' } },
    ]);
  });

  it('are kept until shortly before they end, and then asked for again', async () => {
    nowMs = 0;
    const next = client();
    answer = token('t1', { expires_in: 300 });
    expect(await Promise.all([next(), next()])).toEqual(['t1', 't1']);
    answer = token('t2', { expires_in: 300 });
    nowMs = 269_999;
    expect(await next()).toBe('t1');
    nowMs = 270_000;
    expect(await next()).toBe('t2');
    expect(asked).toHaveLength(2);
  });

  it('are used for half their time where that is short', async () => {
    nowMs = 0;
    const next = client();
    answer = token('t1', { expires_in: 20 });
    await next();
    answer = token('t2', { expires_in: 20 });
    nowMs = 9_999;
    expect(await next()).toBe('t1');
    nowMs = 10_000;
    expect(await next()).toBe('t2');
  });

  it('that are refused are told of with the reason, and asked for again the next time', async () => {
    const next = client();
    answer = { status: 401, body: JSON.stringify({ error: 'invalid_client', error_description: 'unknown' }) };
    await expect(next()).rejects.toThrow(/401 \(invalid_client: unknown\).*KAFKA_OAUTH_CLIENT_SECRET/);
    answer = token('t1');
    expect(await next()).toBe('t1');
  });

  it.each([
    ['no JSON', '<html>'],
    ['no token', '{}'],
  ])('are not taken from an answer with %s', async (_what, body) => {
    answer = { status: 200, body };
    await expect(client()()).rejects.toThrow(/without an access_token/);
  });
});

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const part of request) text += String(part);
  return text;
}
