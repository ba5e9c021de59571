import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { registryClient } from './registry-client.ts';

interface Answered {
  readonly status: number;
  readonly body: string;
}

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** A server that gives these answers one after the other, the last one again and again; none: it never answers. */
async function serve(...answers: readonly Answered[]) {
  const seen: { readonly method: string; readonly url: string; readonly headers: IncomingHttpHeaders }[] = [];
  const server = createServer(({ method = '', url = '', headers }, response) => {
    const answer = answers[Math.min(seen.length, answers.length - 1)];
    seen.push({ method, url, headers });
    if (answer === undefined) return;
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, seen };
}

const ok = (body: unknown): Answered => ({ status: 200, body: JSON.stringify(body) });
const failed = (status: number, error_code: number, message = 'no') => ({
  status,
  body: JSON.stringify({ error_code, message }),
});
const schema = { schemaType: 'AVRO', schema: '"string"' } as const;

describe('the registry client', () => {
  it('asks again after a failure of the server, and takes the answer that comes then', async () => {
    const { host, seen } = await serve(failed(500, 50001), { status: 503, body: '' }, ok({ id: 7 }));
    const client = registryClient({ url: `http://${host}/apis/` });
    expect(await client.register('a b/c-value', schema)).toBe(7);
    expect(seen.map(({ method, url }) => `${method} ${url}`)).toEqual(
      Array.from({ length: 3 }, () => 'POST /apis/subjects/a%20b%2Fc-value/versions'),
    );
  });

  it('says that the registry is unavailable when every try failed, with what it said last', async () => {
    const { host, seen } = await serve(failed(500, 50001, 'store is down'));
    await expect(registryClient({ url: `http://${host}`, retries: 1 }).versions('s')).rejects.toMatchObject({
      code: 'registry-unavailable',
      detail: expect.stringContaining('store is down'),
    });
    expect(seen).toHaveLength(2);
  });

  it('gives up on an answer that does not come in time', async () => {
    const { host } = await serve();
    const client = registryClient({ url: `http://${host}`, retries: 0, timeoutMs: 50 });
    await expect(client.versions('s')).rejects.toMatchObject({ code: 'registry-unavailable' });
  });

  it('says so when nothing listens', async () => {
    const { host } = await serve();
    for (const close of closing.splice(0)) close();
    await expect(registryClient({ url: `http://${host}`, retries: 0 }).versions('s')).rejects.toMatchObject({
      code: 'registry-unavailable',
      detail: expect.stringContaining('ECONNREFUSED'),
    });
  });

  it('proves itself with the user of the address, which no message shows', async () => {
    const { host, seen } = await serve(failed(401, 40101));
    const failing = registryClient({ url: `http://bridge:p%40ss@${host}` }).versions('s');
    await expect(failing).rejects.toMatchObject({
      code: 'invalid-config',
      message: expect.not.stringContaining('p@ss'),
    });
    expect(seen.map(({ headers }) => headers.authorization)).toEqual([`Basic ${btoa('bridge:p@ss')}`]);
  });

  it('asks for a bearer token before each request', async () => {
    const { host, seen } = await serve(ok([]));
    let number = 0;
    const client = registryClient({ url: `http://${host}`, token: async () => `t${++number}` });
    await client.versions('s');
    await client.versions('s');
    expect(seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer t1', 'Bearer t2']);
  });

  it('tells what is not there from a server that is no registry', async () => {
    const { host } = await serve(failed(404, 40401), { status: 404, body: '<html>' });
    const client = registryClient({ url: `http://${host}` });
    expect(await client.version('s', 'latest')).toBeUndefined();
    await expect(client.version('s', 'latest')).rejects.toMatchObject({ code: 'invalid-config' });
  });

  it('passes on why a schema was refused, and does not try again', async () => {
    const { host, seen } = await serve(failed(409, 409, 'READER_FIELD_MISSING_DEFAULT_VALUE'));
    await expect(registryClient({ url: `http://${host}` }).register('s', schema)).rejects.toMatchObject({
      code: 'incompatible-schema',
      extra: { registryMessage: 'READER_FIELD_MISSING_DEFAULT_VALUE' },
    });
    expect(seen).toHaveLength(1);
  });

  it('refuses an address that is none', () => {
    expect(() => registryClient({ url: 'not an address' })).toThrow('invalid-config');
  });
});
