import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Cut, createSiteNetwork, type RemoteSite, type SiteNetwork } from '../support/nats-namespaces.ts';
import { type SecuredHub, startSecuredHub } from '../support/nats-secured.ts';
import { natsOrSkip } from '../support/nats-server.ts';
import { storedEvents } from '../support/nats-stream.ts';

const binary = await natsOrSkip();
const network = binary === undefined ? 'no nats-server' : createSiteNetwork(2);

if (typeof network === 'string') test('two sites in network namespaces', ({ skip }) => skip(network));
else describe('two sites in network namespaces', { timeout: 180_000 }, () => over(network));

function over(net: SiteNetwork): void {
  const dealers = ['D042', 'D017'] as const;
  let hub: SecuredHub;
  const sites: RemoteSite[] = [];

  beforeAll(async () => {
    hub = await startSecuredHub(dealers, { host: net.hubHost });
    for (const [index, dealerId] of dealers.entries()) {
      sites.push(await net.start(index, { dealerId, hub: await hub.address(dealerId) }));
    }
  }, 60_000);
  afterAll(async () => {
    await Promise.all(sites.map((site) => site.close()));
    await hub?.dispose();
    net.remove();
  });

  test.each<Cut>(['up', 'down', 'both', 'link'])('lose and repeat nothing when one is cut: %s', async (cut) => {
    const [first, second] = sites as [RemoteSite, RemoteSite];
    await Promise.all([first.place(100), second.place(100)]);
    net.cut(0, cut);
    await Promise.all([first.place(100), second.place(100)]);
    // The other is not held up by it.
    await second.drained();
    // Long enough for both ends to notice, and for tries to fail.
    await setTimeout(2_000);
    await first.place(50);
    net.mend(0);
    await Promise.all(sites.map((site) => site.drained()));
    for (const [index, dealerId] of dealers.entries()) {
      const logged = await (sites[index] as RemoteSite).logged();
      for (const lane of ['live', 'bulk'] as const) {
        const stored = await storedEvents(hub.admin, dealerId, lane);
        expect(stored.map(({ sequence }) => sequence)).toEqual(stored.map((_, place) => place + 1));
        expect(stored.map(({ id }) => id)).toEqual(logged[lane]);
      }
    }
  });
}
