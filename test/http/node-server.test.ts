import { once } from 'node:events';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalServer, startLocalServer } from '../support/local-server.ts';

describe('the Node server', () => {
  let server: LocalServer;

  beforeAll(async () => {
    server = await startLocalServer();
  });
  afterAll(() => server.dispose());

  /** Writes raw bytes and gives back all that comes until the server closes the connection. */
  async function raw(...chunks: readonly string[]): Promise<string> {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    await once(socket, 'connect');
    let heard = '';
    socket.on('data', (chunk) => {
      heard += chunk.toString();
    });
    socket.on('error', () => undefined);
    for (const chunk of chunks) socket.write(chunk);
    await once(socket, 'close');
    return heard;
  }

  const head = (...lines: readonly string[]) =>
    [
      'POST /v1/quotes HTTP/1.1',
      'host: localhost',
      'connection: close',
      'content-type: application/json',
      ...lines,
      '',
      '',
    ].join('\r\n');

  it('answers only to the names of this machine, so that a page whose name was made to point here gets nothing', async () => {
    const orders = (host: string) => raw(`GET /v1/orders HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`);
    for (const host of ['evil.example', 'evil.example:8787', '127.0.0.1.evil.example', '']) {
      expect([host, await orders(host)]).toEqual([host, expect.stringMatching(/^HTTP\/1\.1 40[03] /)]);
    }
    for (const host of ['localhost', '127.0.0.1:8787', '[::1]:8787']) {
      expect([host, await orders(host)]).toEqual([host, expect.stringMatching(/^HTTP\/1\.1 200 /)]);
    }
  });

  it('takes a body in chunks', async () => {
    const answer = await raw(
      head('transfer-encoding: chunked'),
      '5\r\n{"lin\r\n',
      '8\r\nes": [ ]\r\n',
      '1\r\n}\r\n0\r\n\r\n',
    );
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('refuses a body by its announced length, before it comes', async () => {
    expect(await raw(head('content-length: 99999999'))).toMatch(/^HTTP\/1\.1 413 [\s\S]*payload-too-large/);
  });

  it('refuses a body in chunks as soon as it is too long', async () => {
    const chunk = `10000\r\n${'x'.repeat(65_536)}\r\n`;
    expect(await raw(head('transfer-encoding: chunked'), ...Array.from({ length: 20 }, () => chunk))).toMatch(
      /^HTTP\/1\.1 413 /,
    );
  });

  it.each([
    ['no HTTP', 'nonsense\r\n\r\n'],
    ['two lengths', head('content-length: 2', 'content-length: 3')],
    ['a length and chunks, as request smuggling does', head('content-length: 2', 'transfer-encoding: chunked')],
    ['headers without end', `GET / HTTP/1.1\r\nhost: localhost\r\nlong: ${'x'.repeat(40_000)}\r\n\r\n`],
  ])('refuses %s', async (_what, bytes) => {
    expect(await raw(bytes)).toMatch(/^HTTP\/1\.1 4\d\d /);
    expect((await fetch(`${server.url}/livez`)).status).toBe(200);
  });

  it('serves the API reference from the box, with a policy that allows nothing foreign', async () => {
    const docs = await fetch(`${server.url}/docs`);
    expect(docs.headers.get('content-security-policy')).toContain("default-src 'self'");
    const assets = [...(await docs.text()).matchAll(/(?:src|href)="(\/docs\/assets\/[^"]+)"/g)].map(
      (match) => match[1],
    );
    expect(assets).toHaveLength(3);
    for (const asset of assets) expect([asset, (await fetch(server.url + asset)).status]).toEqual([asset, 200]);
  });

  it.each([
    '/..%2f..%2fpackage.json',
    '/%2e%2e/%2e%2e/package.json',
    '/assets/..%5c..%5cpackage.json',
    '/docs/assets/package.json',
    '/package.json',
    '/a%00.js',
  ])('gives no file outside its folder for %s', async (path) => {
    const answer = await raw(`GET ${path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`);
    expect(answer).toMatch(/^HTTP\/1\.1 404 /);
    expect(answer).not.toContain('dependencies');
  });
});
