import { connect } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dealerAllowed } from '../../sync/jetstream/credentials-subjects.ts';
import { provision } from '../../sync/jetstream/provision.ts';
import { UP } from '../../sync/jetstream/streams.ts';
import { type NatsServer, natsOrSkip, startNatsServer } from '../support/nats-server.ts';

const binary = await natsOrSkip();

/** Why each dealer has an account of its own: what the same allow-lists would let through within one account. */
describe.skipIf(binary === undefined)('allow-lists within one account', () => {
  let server: NatsServer;

  beforeAll(async () => {
    const { publish, subscribe } = dealerAllowed('D042');
    const permissions = { publish: { allow: publish }, subscribe: { allow: subscribe } };
    const users = [
      { user: 'admin', password: 'admin' },
      { user: 'D042', password: 'D042', permissions },
    ];
    server = await startNatsServer({ extra: `authorization: ${JSON.stringify({ users })}` });
  });
  afterAll(() => server?.dispose());

  test('let a dealer write into the subjects of another, by way of an answer', async () => {
    const admin = await connect({ servers: server.url, user: 'admin', pass: 'admin' });
    const dealer = await connect({ servers: server.url, user: 'D042', pass: 'D042', inboxPrefix: '_INBOX.D042' });
    await provision(admin, ['D042', 'D017']);
    await expect(dealer.request('dealeriq.up.D017.live.order.placed', '{}')).rejects.toThrow(/Permissions Violation/);
    dealer.publish('dealeriq.up.D042.live.order.placed', '{}', { reply: 'dealeriq.up.D017.live.order.placed' });
    await dealer.flush();
    await dealer.request(`$JS.API.DIRECT.GET.${UP}.dealeriq.up.D042.live.>`);
    const landed = await admin.request(`$JS.API.DIRECT.GET.${UP}.dealeriq.up.D017.live.>`);
    expect(landed.string()).toContain(UP);
    await dealer.close();
    await admin.close();
  });
});
