import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { Box } from '../e2e/support/box.ts';

/**
 * Loaded before the program: whoever asks for a name, or connects to another machine, is refused and written down. Its
 * own server and its own threads are untouched.
 */
const GUARD = `
import dgram from 'node:dgram';
import dns from 'node:dns';
import net from 'node:net';
import { appendFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
const deny = (what) => {
  appendFileSync(process.env.NETWORK_LOG, what + '\\n');
  throw new Error('The network is denied: ' + what);
};
net.Socket.prototype.connect = (...args) => deny('connect ' + JSON.stringify(args));
dgram.createSocket = () => deny('datagram');
for (const name of Object.keys(dns)) {
  if (/^(lookup|resolve|reverse)/.test(name)) {
    const real = dns[name];
    // The box looks up the address that it listens on itself.
    dns[name] = (host, ...rest) => (host === '127.0.0.1' ? real(host, ...rest) : deny(name + ' ' + host));
  }
}
syncBuiltinESMExports();
`;

describe('a box whose program is denied every connection', { timeout: 90_000 }, () => {
  let box: Box;
  beforeAll(async () => {
    box = await Box.start({ preload: GUARD });
  }, 90_000);
  afterAll(() => box?.remove());

  test('starts, searches by meaning, forecasts and suggests, and has asked for nothing', async () => {
    const search = () =>
      box.get<{ mode: string; items: unknown[] }>('/v1/products?q=keep%20bearings%20running%20smoothly');
    await vi.waitUntil(async () => (await search()).mode === 'hybrid', { timeout: 60_000, interval: 250 });
    expect((await search()).items.length).toBeGreaterThan(0);
    const suggested = () => box.get<{ items: { sku: string }[] }>('/v1/recommendations');
    await vi.waitUntil(async () => (await suggested()).items.length > 0, { timeout: 60_000, interval: 250 });
    const sku = (await suggested()).items[0]?.sku ?? '';
    const models = await box.get<{ items: { task: string; serving: boolean }[] }>('/v1/models');
    expect(models.items.filter(({ serving }) => serving).map(({ task }) => task)).toEqual([
      'embedding',
      'forecast',
      'recommendation',
    ]);
    expect((await box.get<{ sku: string }>(`/v1/products/${encodeURIComponent(sku)}`)).sku).toBe(sku);
    expect(box.networkLog()).toBe('');
  });

  test('would have been caught', async () => {
    expect(await box.tryNetwork()).toContain('connect');
  });
});
