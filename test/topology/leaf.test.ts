import { connect } from '@nats-io/transport-node';
import { afterEach, describe, expect, test } from 'vitest';
import { freePorts } from '../../scripts/services/free-port.ts';
import { type LinkProxy, linkProxy } from '../support/link-proxy.ts';
import { type SecuredHub, startSecuredHub } from '../support/nats-secured.ts';
import { type NatsServer, natsOrSkip, startNatsServer } from '../support/nats-server.ts';
import { openSite, type Site, until } from '../support/nats-site.ts';
import { differencesOf, drained, storedEvents } from '../support/nats-stream.ts';

const binary = await natsOrSkip();

/** A dealer with a server of its own on the premises: boxes connect to it, and it to the hub. */
describe.skipIf(binary === undefined)('a site behind a leaf node', { timeout: 90_000 }, () => {
  let hub: SecuredHub;
  let proxy: LinkProxy;
  let leaf: NatsServer;
  let site: Site;
  afterEach(async () => {
    await site?.close();
    await leaf?.dispose();
    await proxy?.close();
    await hub?.dispose();
  });

  const start = async () => {
    const [port = 0] = await freePorts(1);
    // Without no_advertise the leaf would learn other ways to the hub, past the cut.
    hub = await startSecuredHub(['D042', 'D017'], {
      extra: `leafnodes { listen: "127.0.0.1:${port}", no_advertise: true }`,
    });
    proxy = await linkProxy(port);
    const { creds } = await hub.address('D042', 'leaf');
    leaf = await startNatsServer({
      jetStream: false,
      name: 'leaf-d042',
      extra: `
        leafnodes { reconnect: "1s", remotes: [ { url: "${proxy.url}", credentials: "${creds}" } ] }
        mappings: { "$JS.API.>": "dealeriq.api.>" }`,
    });
    site = await openSite({ url: leaf.url }, { dealerId: 'D042' });
  };

  test('writes straight into the stream of the hub, and reads what comes down', async () => {
    await start();
    // Each order logs itself and what it reserves.
    await site.place(300);
    await hub.admin.request('dealeriq.down.D042.order.accepted', '{}');
    await drained(site);
    expect(await differencesOf(hub.admin, site, 'live')).toEqual([]);
    expect((await site.logged('live')).length).toBeGreaterThanOrEqual(600);
    await until('the delivery is applied', async () => (await site.link.inbound()).lastAppliedSequence === 1);
  });

  test('goes on in order after its link to the hub was cut, held one way, and after the leaf was killed', async () => {
    await start();
    await site.place(100);
    await drained(site);
    const back: Record<string, number> = {};
    for (const fault of ['cut', 'up', 'down', 'kill'] as const) {
      if (fault === 'cut') proxy.cut();
      else if (fault === 'kill') await leaf.kill();
      else proxy.hold(fault);
      await site.place(100);
      if (fault === 'kill') await leaf.start();
      proxy.mend();
      const mendedMs = performance.now();
      await drained(site, 60_000);
      back[fault] = Math.round(performance.now() - mendedMs);
    }
    expect(await differencesOf(hub.admin, site, 'live')).toEqual([]);
    expect(await storedEvents(hub.admin, 'D042', 'live')).toHaveLength(1000);
    process.stdout.write(`All caught up after the link was back, in ms: ${JSON.stringify(back)}\n`);
  });

  test('may do no more through the leaf than the credentials of the leaf allow', async () => {
    await start();
    await drained(site);
    const local = await connect({ servers: leaf.url, inboxPrefix: '_INBOX.D042' });
    for (const subject of [
      'dealeriq.up.D017.live.order.placed',
      'dealeriq.down.D042.order.accepted',
      '$JS.API.STREAM.INFO.DEALERIQ_UP',
      '$JS.API.STREAM.DELETE.DEALERIQ_UP',
      '$JS.API.CONSUMER.INFO.DEALERIQ_DOWN.down-D017',
      '$JS.API.DIRECT.GET.DEALERIQ_UP.dealeriq.up.>',
      'dealeriq.api.CONSUMER.INFO.DEALERIQ_DOWN.down-D017',
      'dealeriq.api.STREAM.PURGE.DEALERIQ_UP',
    ]) {
      await expect(local.request(subject, '{}', { timeout: 500 }), subject).rejects.toThrow(/no responders|timeout/i);
    }
    // And by way of an answer.
    local.publish('dealeriq.up.D042.live.order.placed', '{}', { reply: 'dealeriq.up.D017.live.order.placed' });
    await local.flush();
    await local.request('$JS.API.CONSUMER.INFO.DEALERIQ_DOWN.down-D042', '', { timeout: 5_000 });
    expect(await storedEvents(hub.admin, 'D042', 'live')).toHaveLength(1);
    expect(await storedEvents(hub.admin, 'D017', 'live')).toEqual([]);
    await local.close();
  });
});
