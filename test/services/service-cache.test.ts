import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cached } from '../../scripts/services/service-cache.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

describe('the cache of fetched servers', () => {
  let cache: ReturnType<typeof temporaryFolder>;
  let made = 0;
  beforeEach(() => {
    cache = temporaryFolder();
    made = 0;
  });
  afterEach(() => cache.remove());

  const make = async (folder: string) => {
    made++;
    await setImmediate();
    const file = join(folder, 'any name');
    writeFileSync(file, 'server');
    return file;
  };

  it('makes a thing once for all who want it at the same time, and leaves nothing else behind', async () => {
    const paths = await Promise.all([1, 2, 3].map(() => cached('server', make, cache.path)));
    expect(new Set(paths)).toEqual(new Set([join(cache.path, 'server')]));
    expect(made).toBe(1);
    expect(readFileSync(join(cache.path, 'server'), 'utf8')).toBe('server');
    expect(readdirSync(cache.path)).toEqual(['server']);
    await cached('server', make, cache.path);
    expect(made).toBe(1);
  });

  it('has no half of a thing whose making failed, and makes it the next time', async () => {
    const fail = (folder: string) => {
      writeFileSync(join(folder, 'half'), '');
      return Promise.reject(new Error('no network'));
    };
    await expect(cached('server', fail, cache.path)).rejects.toThrow('no network');
    expect(readdirSync(cache.path)).toEqual([]);
    await cached('server', make, cache.path);
    expect(made).toBe(1);
  });

  it('does not wait for a process that ended while it held the lock', async () => {
    const ended = spawnSync(process.execPath, ['--version']);
    writeFileSync(join(cache.path, 'server.lock'), String(ended.pid));
    await cached('server', make, cache.path);
    expect(existsSync(join(cache.path, 'server.lock'))).toBe(false);
  });
});
