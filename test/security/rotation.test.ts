import { afterEach, describe, expect, test } from 'vitest';
import { openHub } from '../../edge/node/nats.ts';
import { type SecuredHub, startSecuredHub } from '../support/nats-secured.ts';
import { natsOrSkip } from '../support/nats-server.ts';
import { openSite, type Site, until } from '../support/nats-site.ts';
import { differencesOf, drained, storedEvents } from '../support/nats-stream.ts';

const binary = await natsOrSkip();

describe.skipIf(binary === undefined)('the credentials of a linked box', { timeout: 60_000 }, () => {
  let hub: SecuredHub;
  let site: Site | undefined;
  afterEach(async () => {
    await site?.close();
    await hub?.dispose();
  });

  test('carry the whole link: both lanes up, deliveries down, acknowledged', async () => {
    hub = await startSecuredHub(['D042', 'D017']);
    site = await openSite(await hub.address('D042'), { dealerId: 'D042' });
    await site.place(300);
    await hub.admin.request('dealeriq.down.D042.order.accepted', '{}');
    await drained(site);
    expect(await differencesOf(hub.admin, site, 'live')).toEqual([]);
    expect(await storedEvents(hub.admin, 'D042', 'live')).toHaveLength((await site.logged('live')).length);
    const current = site;
    await until('the delivery is applied', async () => (await current.link.inbound()).lastAppliedSequence === 1);
    expect(site.errors).toEqual([]);
  });

  test('are rotated without a gap, and the revoked ones let in no more', async () => {
    hub = await startSecuredHub(['D042']);
    const first = await hub.address('D042');
    site = await openSite(first, { dealerId: 'D042' });
    await site.place(100);
    await drained(site);

    // The new ones need no change of the server; the old ones go on.
    const second = await hub.address('D042');
    site.moveTo(second);
    await site.place(100);
    await drained(site);
    expect(site.errors).toEqual([]);

    // Revoking cuts off who is connected with the old ones, in the middle of the work.
    hub.revoke('D042', first.user);
    const placing = site.place(300);
    await hub.reload();
    await placing;
    await drained(site);
    expect(site.errors.length).toBeGreaterThan(0);
    await expect(openHub(first, 'old', 'D042')).rejects.toThrow(/Authentication Revoked|Authorization Violation/i);
    expect(await differencesOf(hub.admin, site, 'live')).toEqual([]);
    expect(await storedEvents(hub.admin, 'D042', 'live')).toHaveLength((await site.logged('live')).length);
  });

  test('of another account are not touched by a reload', async () => {
    hub = await startSecuredHub(['D042', 'D017']);
    const lost = await hub.address('D017');
    site = await openSite(await hub.address('D042'), { dealerId: 'D042' });
    await drained(site);
    hub.revoke('D017', lost.user);
    await hub.reload();
    await expect(openHub(lost, 'lost', 'D017')).rejects.toThrow(/Authorization Violation/i);
    await site.place(50);
    await drained(site);
    // A reload may cost a publish its acknowledgement, which is then sent again; what it must not do is refuse the box.
    expect(site.errors.filter((error) => !error.startsWith('TimeoutError'))).toEqual([]);
    expect(await differencesOf(hub.admin, site, 'live')).toEqual([]);
    expect(await storedEvents(hub.admin, 'D042', 'live')).toHaveLength((await site.logged('live')).length);
  });
});
