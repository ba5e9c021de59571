import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { configKeys, loadConfig, redacted } from '../../edge/node/config.ts';
import { openRuntime, startServer } from '../../edge/node/server.ts';
import { EdgeError } from '../../src/core/errors.ts';
import { codeOf } from '../support/code-of.ts';
import { startLocalServer } from '../support/local-server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const OAUTH = { AUTH: 'oauth2', OAUTH_ISSUER: 'https://i.example', OAUTH_AUDIENCE: 'a', OAUTH_JWKS: 'keys.json' };

describe('the configuration', () => {
  let folder: ReturnType<typeof temporaryFolder>;

  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => folder.remove());

  const load = (environment: Record<string, string> = {}) => loadConfig(environment, folder.path);

  async function complaint(environment: Record<string, string>): Promise<string> {
    try {
      await load(environment);
    } catch (error) {
      if (error instanceof EdgeError && error.code === 'invalid-config') return error.detail;
      throw error;
    }
    throw new Error('The configuration was taken.');
  }

  it('has defaults that serve the demo on loopback', async () => {
    const { config, sources } = await load();
    expect(config).toMatchObject({ PORT: 8787, HOST: '127.0.0.1', DEALER_ID: 'D042', AUTH: 'local' });
    expect(config.DATA_DIR).toBe(join(folder.path, '.data'));
    expect(new Set(Object.values(sources))).toEqual(new Set(['default']));
  });

  it('puts the environment over the file and the file over defaults, and takes an empty variable for none', async () => {
    writeFileSync(join(folder.path, 'dealeriq.config.json'), JSON.stringify({ PORT: 9000, DEALER_ID: 'D7' }));
    const { config, sources } = await load({ PORT: '9001', DEALER_ID: '' });
    expect([config.PORT, config.DEALER_ID]).toEqual([9001, 'D7']);
    expect([sources.PORT, sources.DEALER_ID, sources.HOST]).toEqual(['environment', 'file', 'default']);
  });

  it.each(['0.0.0.0', '::', '192.168.1.10', 'box.example', '127.0.0.1.evil.example', 'localhost.evil.example'])(
    'refuses to listen on %s with AUTH=local, and says what to set',
    async (HOST) => {
      const said = await complaint({ HOST });
      expect(said).toContain(`HOST is ${HOST} while AUTH is local`);
      expect(said).toContain('AUTH=oauth2');
      expect(said).toContain('HOST=127.0.0.1');
    },
  );

  it.each(['127.0.0.1', '127.0.0.2', 'localhost', '::1'])('listens on %s with AUTH=local', async (HOST) => {
    expect((await load({ HOST })).config.HOST).toBe(HOST);
  });

  it('listens anywhere with AUTH=oauth2, which needs its three settings', async () => {
    expect((await load({ ...OAUTH, HOST: '0.0.0.0' })).config.AUTH).toBe('oauth2');
    const said = await complaint({ AUTH: 'oauth2', OAUTH_ISSUER: 'https://i.example' });
    expect(said).toContain('OAUTH_AUDIENCE is missing');
    expect(said).toContain('OAUTH_JWKS is missing');
    expect(said).not.toContain('OAUTH_ISSUER is missing');
  });

  it.each([
    [{ PORT: '99999' }, 'PORT (environment): "99999" is not allowed'],
    [{ PORT: 'http' }, 'PORT (environment)'],
    [{ DEALER_ID: 'a.b' }, 'letters, digits, _ and -, at most 32'],
    [{ DEALER_ID: 'all' }, 'choose another id'],
    [{ DEVICE_ID: 'B-1' }, 'DEVICE_ID'],
    [{ AUTH: 'none' }, 'AUTH'],
    [{ LOG_LEVEL: 'loud' }, 'LOG_LEVEL'],
    [{ LLM_URL: 'not a url' }, 'LLM_URL'],
    [{ LIBSQL_AUTH_TOKEN: 't' }, 'LIBSQL_URL is not'],
  ])('names the key and the fix of %j', async (environment, part) => {
    expect(await complaint(environment)).toContain(part);
  });

  it('names every wrong key at once, and never shows a secret', async () => {
    const said = await complaint({ PORT: 'x', DEVICE_ID: '-', LIBSQL_ENCRYPTION_KEY: 'hunter2' });
    expect(said.split('\n')).toHaveLength(3);
    expect(said).toContain('LIBSQL_ENCRYPTION_KEY');
    expect(said).not.toContain('hunter2');
  });

  it.each([
    ['an unknown key', JSON.stringify({ PROT: 1 }), 'unknown keys: PROT'],
    ['no object', '7', 'export an object'],
    ['no JSON', '{', 'cannot be read'],
  ])('refuses a file with %s', async (_what, text, part) => {
    writeFileSync(join(folder.path, 'dealeriq.config.json'), text);
    expect(await complaint({})).toContain(part);
  });

  it('hides secrets when it is shown, also inside URLs', async () => {
    const { config } = await load({
      LIBSQL_URL: 'https://user:hunter2@db.example',
      LIBSQL_AUTH_TOKEN: 'hunter2',
      LIBSQL_ENCRYPTION_KEY: 'hunter2hunter2hunter2',
      NATS_URL: 'nats://user:hunter2@one.example,nats://user:p@ss/hunter2@two.example',
      LLM_URL: 'https://key:hunter2@llm.example/v1',
    });
    const shown = JSON.stringify(redacted(config));
    expect(shown).not.toContain('hunter2');
    expect(shown).toContain('nats://(hidden)@one.example,nats://(hidden)@two.example');
    expect(Object.keys(redacted(config))).toEqual(configKeys);
  });

  it('says that a port is taken', async () => {
    const server = await startLocalServer();
    const { config } = await load({ PORT: new URL(server.url).port });
    const runtime = await openRuntime(config);
    expect(await codeOf(startServer(config, runtime))).toBe('invalid-config');
    await runtime.close();
    await server.dispose();
  });

  it('says that a key set cannot be read', async () => {
    const { config } = await load({ ...OAUTH, PORT: '0' });
    const runtime = await openRuntime(config);
    expect(await codeOf(startServer(config, runtime))).toBe('invalid-config');
    await runtime.close();
  });
});
