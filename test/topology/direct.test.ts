import { afterEach, describe, expect, test } from 'vitest';
import { type LinkProxy, linkProxy } from '../support/link-proxy.ts';
import { type SecuredHub, startSecuredHub } from '../support/nats-secured.ts';
import { natsOrSkip } from '../support/nats-server.ts';
import { openSite, type Site } from '../support/nats-site.ts';
import { differencesOf, drained } from '../support/nats-stream.ts';

const binary = await natsOrSkip();

describe.skipIf(binary === undefined)('two sites that are connected to the hub directly', { timeout: 90_000 }, () => {
  let hub: SecuredHub;
  let proxy: LinkProxy | undefined;
  const sites: Site[] = [];
  afterEach(async () => {
    await Promise.all(sites.splice(0).map((site) => site.close()));
    await proxy?.close();
    await hub?.dispose();
  });

  test('have every order in the stream once and in order, over cuts and a killed hub', async () => {
    hub = await startSecuredHub(['D042', 'D017']);
    proxy = await linkProxy(hub.server.port);
    // Both devices have the same name, as they do unless somebody names them.
    const behind = await openSite({ ...(await hub.address('D042')), url: proxy.url }, { dealerId: 'D042' });
    const beside = await openSite(await hub.address('D017'), { dealerId: 'D017' });
    sites.push(behind, beside);
    for (const fault of ['none', 'cut', 'up', 'down', 'kill'] as const) {
      await Promise.all([behind.place(50), beside.place(50)]);
      if (fault === 'cut') proxy.cut();
      else if (fault === 'up' || fault === 'down') proxy.hold(fault);
      else if (fault === 'kill') await hub.server.kill();
      await Promise.all([behind.place(50), beside.place(50)]);
      if (fault === 'kill') await hub.server.start();
      proxy.mend();
      await Promise.all([drained(behind, 60_000), drained(beside, 60_000)]);
    }
    await hub.reconnectAdmin();
    for (const site of sites) {
      // Each order logs itself and what it reserves.
      expect((await site.logged('live')).length).toBe(1_000);
      expect(await differencesOf(hub.admin, site, 'live')).toEqual([]);
      expect(await differencesOf(hub.admin, site, 'bulk')).toEqual([]);
    }
  });
});
