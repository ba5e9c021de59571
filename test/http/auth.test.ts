import { exportJWK, generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { oauth2 } from '../../src/http/auth.ts';
import { type LocalTarget, openLocalTarget, posting } from '../support/http-target.ts';

const ISSUER = 'https://issuer.example';
const AUDIENCE = 'dealeriq-edge';

type Claims = Readonly<Record<string, unknown>>;

describe('AUTH=oauth2', async () => {
  const { privateKey, publicKey } = await generateKeyPair('ES256');
  const stranger = await generateKeyPair('ES256');
  const jwk = { ...(await exportJWK(publicKey)), kid: 'k1', alg: 'ES256', use: 'sig' };
  const nowS = () => Math.floor(Date.now() / 1000);
  let target: LocalTarget;

  beforeAll(async () => {
    const authenticate = oauth2({ dealerId: 'D042', issuer: ISSUER, audience: AUDIENCE, jwks: { keys: [jwk] } });
    target = await openLocalTarget({ authenticate });
  });
  afterAll(() => target.close());

  const claims = (changes: Claims = {}): Claims => ({
    iss: ISSUER,
    aud: AUDIENCE,
    sub: 'counter-1',
    exp: nowS() + 60,
    dealer_id: 'D042',
    scope: 'dealeriq:read',
    ...changes,
  });
  const token = (changes: Claims = {}, key: CryptoKey | Uint8Array = privateKey, alg = 'ES256') =>
    new SignJWT(claims(changes)).setProtectedHeader({ alg, kid: 'k1' }).sign(key);

  async function ask(authorization: string | undefined, path = '/v1/sync', init: RequestInit = {}) {
    const headers = {
      ...(init.headers as Record<string, string>),
      ...(authorization === undefined ? {} : { authorization }),
    };
    const response = await target.fetch(path, { ...init, headers });
    const body = (await response.json()) as { type?: string };
    return [response.status, body.type?.replace('urn:dealeriq:problem:', '')];
  }
  const bearer = async (made: Promise<string> | string) => ask(`Bearer ${await made}`);

  it('lets a valid token in, and asks for none where there is nothing to protect', async () => {
    expect(await bearer(token())).toEqual([200, undefined]);
    expect((await target.fetch('/livez')).status).toBe(200);
    expect((await target.fetch('/openapi.json')).status).toBe(200);
  });

  it('takes an audience among several, and clocks that differ by less than two minutes', async () => {
    expect((await bearer(token({ aud: ['other', AUDIENCE] })))[0]).toBe(200);
    expect((await bearer(token({ exp: nowS() - 100 })))[0]).toBe(200);
    expect((await bearer(token({ nbf: nowS() + 100 })))[0]).toBe(200);
  });

  it.each<[string, Claims]>([
    ['another issuer', { iss: 'https://evil.example' }],
    ['another audience', { aud: 'other' }],
    ['no audience', { aud: undefined }],
    ['an end too long ago', { exp: nowS() - 130 }],
    ['a start too far ahead', { nbf: nowS() + 130 }],
    ['no end', { exp: undefined }],
    ['no subject', { sub: undefined }],
  ])('refuses a token with %s', async (_what, changes) => {
    expect(await bearer(token(changes))).toEqual([401, 'unauthorized']);
  });

  it('refuses a token that is not signed, or by somebody else', async () => {
    expect(await bearer(new UnsecuredJWT(claims()).encode())).toEqual([401, 'unauthorized']);
    expect(await bearer(token({}, stranger.privateKey))).toEqual([401, 'unauthorized']);
    const [head, , signature] = (await token()).split('.');
    const [, forged] = (await token({ dealer_id: 'D042', scope: 'dealeriq:operate' })).split('.');
    expect(await bearer(`${head}.${forged}.${signature}`)).toEqual([401, 'unauthorized']);
  });

  it('refuses HS256 with the public key as the secret', async () => {
    const secret = new TextEncoder().encode(JSON.stringify(jwk));
    expect(await bearer(token({}, secret, 'HS256'))).toEqual([401, 'unauthorized']);
  });

  it.each([
    undefined,
    '',
    'Bearer',
    'Bearer ',
    'Basic dTpw',
    'Bearer a.b',
    'Bearer a.b.c d',
    `Bearer ${'x'.repeat(10_000)}`,
  ])('refuses the Authorization header %j', async (authorization) => {
    expect(await ask(authorization)).toEqual([401, 'unauthorized']);
  });

  it('refuses a token for another dealer, or for none', async () => {
    expect(await bearer(token({ dealer_id: 'D043' }))).toEqual([403, 'forbidden']);
    expect(await bearer(token({ dealer_id: undefined }))).toEqual([403, 'forbidden']);
  });

  it('asks each route for its scope', async () => {
    const readOnly = `Bearer ${await token()}`;
    const order = posting({ lines: [] }, { 'idempotency-key': 'k' });
    expect(await ask(readOnly, '/v1/orders', order)).toEqual([403, 'forbidden']);
    expect(await ask(readOnly, '/v1/sync/pause', { method: 'POST' })).toEqual([403, 'forbidden']);
    expect(await ask(readOnly, '/v1/dlq')).toEqual([403, 'forbidden']);
    expect(await ask(`Bearer ${await token({ scope: '' })}`)).toEqual([403, 'forbidden']);
    expect(await ask(`Bearer ${await token({ scope: 'read dealeriq:readx' })}`)).toEqual([403, 'forbidden']);
    const operator = `Bearer ${await token({ scope: 'openid dealeriq:operate dealeriq:orders' })}`;
    expect((await ask(operator, '/v1/sync/pause', { method: 'POST' }))[0]).toBe(200);
    // In, but the box has no dealer profile to price with.
    expect((await ask(operator, '/v1/orders', order))[0]).toBe(409);
  });

  it('protects every route but the few that it names', async () => {
    const open = ['/livez', '/readyz', '/metrics', '/openapi.json', '/docs'];
    for (const { method, path } of target.app.routes) {
      if (method === 'ALL' || open.includes(path)) continue;
      const response = await target.fetch(path.replaceAll(/:\w+/g, 'x'), { method });
      expect([path, response.status]).toEqual([path, 401]);
    }
  });
});
