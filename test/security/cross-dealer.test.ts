import { AckPolicy, jetstreamManager } from '@nats-io/jetstream';
import { createInbox, headers, type Msg, type NatsConnection } from '@nats-io/nats-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openHub } from '../../edge/node/nats.ts';
import { inboxOf } from '../../sync/jetstream/credentials-subjects.ts';
import { DOWN, RECEIPTS, SNAPSHOTS, UP } from '../../sync/jetstream/streams.ts';
import { type SecuredHub, startSecuredHub } from '../support/nats-secured.ts';
import { natsOrSkip } from '../support/nats-server.ts';

const binary = await natsOrSkip();
const API = '$JS.API';

/** What a dealer needs, one line for each kind of subject. */
const own = (dealer: string): readonly [string, string, string][] => [
  ['publish up, live', `dealeriq.up.${dealer}.live.order.placed`, '{}'],
  ['publish up, bulk', `dealeriq.up.${dealer}.bulk.metric.reported`, '{}'],
  ['last of a lane', `${API}.DIRECT.GET.${UP}.dealeriq.up.${dealer}.live.>`, ''],
  ['receipt', `${API}.DIRECT.GET.${RECEIPTS}.dealeriq.receipt.${dealer}`, ''],
  ['snapshot manifest', `${API}.DIRECT.GET.${SNAPSHOTS}.dealeriq.snapshot.${dealer}.manifest`, ''],
  ['snapshot chunk', `${API}.DIRECT.GET.${SNAPSHOTS}.dealeriq.snapshot.${dealer}.s1.0`, ''],
  ['consumer info', `${API}.CONSUMER.INFO.${DOWN}.down-${dealer}`, ''],
  ['consumer reset', `${API}.CONSUMER.RESET.${DOWN}.down-${dealer}`, '{"seq":1}'],
  ['consumer next', `${API}.CONSUMER.MSG.NEXT.${DOWN}.down-${dealer}`, '{"batch":1,"no_wait":true}'],
];

/** What no dealer may do, beyond the subjects of others. */
const forbidden: readonly (readonly [string, string, string])[] = (
  [
    ['direct get, every dealer', `${API}.DIRECT.GET.${UP}.dealeriq.up.>`],
    ['direct get, any dealer', `${API}.DIRECT.GET.${UP}.dealeriq.up.*.live.>`],
    ['direct get by sequence', `${API}.DIRECT.GET.${UP}`, '{"seq":1}'],
    ['message get', `${API}.STREAM.MSG.GET.${UP}`, '{"seq":1}'],
    ['message delete', `${API}.STREAM.MSG.DELETE.${UP}`, '{"seq":1}'],
    ['receipt, any dealer', `${API}.DIRECT.GET.${RECEIPTS}.dealeriq.receipt.*`],
    ['receipts, all of them', `${API}.DIRECT.GET.${RECEIPTS}`, '{"multi_last":["dealeriq.receipt.>"]}'],
    ['snapshot, any dealer', `${API}.DIRECT.GET.${SNAPSHOTS}.dealeriq.snapshot.>`],
    ['publish down to itself', 'dealeriq.down.D042.order.accepted', '{}'],
    ['publish down to all', 'dealeriq.down.all.price.changed', '{}'],
    ['publish its own receipt', 'dealeriq.receipt.D042', '{}'],
    ['publish its own snapshot', 'dealeriq.snapshot.D042.manifest', '{}'],
    ['consumer create', `${API}.CONSUMER.CREATE.${DOWN}`, `{"stream_name":"${DOWN}","config":{"ack_policy":"none"}}`],
    ['consumer create, filtered', `${API}.CONSUMER.CREATE.${DOWN}.mine.dealeriq.down.D017.>`, '{}'],
    ['consumer create, durable', `${API}.CONSUMER.DURABLE.CREATE.${DOWN}.mine`, '{}'],
    ['consumer create, up stream', `${API}.CONSUMER.CREATE.${UP}`, '{}'],
    ['consumer list', `${API}.CONSUMER.LIST.${DOWN}`],
    ['consumer names', `${API}.CONSUMER.NAMES.${DOWN}`],
    ['consumer delete', `${API}.CONSUMER.DELETE.${DOWN}.down-D042`],
    ['consumer pause', `${API}.CONSUMER.PAUSE.${DOWN}.down-D042`, '{}'],
    ['consumer unpin', `${API}.CONSUMER.UNPIN.${DOWN}.down-D042`, '{}'],
    ['stream info', `${API}.STREAM.INFO.${UP}`],
    ['stream list', `${API}.STREAM.LIST`],
    ['stream names', `${API}.STREAM.NAMES`],
    ['stream create', `${API}.STREAM.CREATE.MINE`, '{"name":"MINE","subjects":["dealeriq.>"]}'],
    ['stream update', `${API}.STREAM.UPDATE.${UP}`, `{"name":"${UP}"}`],
    ['stream purge', `${API}.STREAM.PURGE.${UP}`],
    ['stream delete', `${API}.STREAM.DELETE.${UP}`],
    ['stream snapshot', `${API}.STREAM.SNAPSHOT.${UP}`, '{"deliver_subject":"_INBOX.D042.x"}'],
    ['stream restore', `${API}.STREAM.RESTORE.${UP}`, '{}'],
    ['stream leader', `${API}.STREAM.LEADER.STEPDOWN.${UP}`],
    ['account info', `${API}.INFO`],
    ['account purge', `${API}.ACCOUNT.PURGE.x`],
    ['system', '$SYS.REQ.SERVER.PING'],
    ['system, own account', '$SYS.REQ.ACCOUNT.PING.CONNZ'],
    ['system, who am I', '$SYS.REQ.USER.INFO'],
    ['anything else', 'other.subject', '{}'],
  ] as readonly (readonly [string, string, string?])[]
).map(([name, subject, body]) => [name, subject, body ?? '']);

const subscriptions = [
  '>',
  'dealeriq.>',
  'dealeriq.up.D017.>',
  'dealeriq.up.D042.>',
  'dealeriq.down.D017.>',
  'dealeriq.down.all.>',
  'dealeriq.receipt.>',
  '$SYS.>',
  '$SYS.ACCOUNT.>',
  '$JS.>',
  '$JS.API.>',
  '$JS.EVENT.>',
  '_INBOX.>',
  '_INBOX.*.>',
  '_INBOX.D017.>',
  '_R_.>',
] as const;

const others = own('D017').map(([name, subject, body]) => [`${name}, of another`, subject, body] as const);
const acks = ['+ACK', '-NAK', '+TERM', '+NXT'].map(
  (body) => [`acknowledge for another: ${body}`, `$JS.ACK.${DOWN}.down-D017.1.1.1.1.0`, body] as const,
);

describe.skipIf(binary === undefined)("with one dealer's credentials", () => {
  let hub: SecuredHub;
  let dealer: NatsConnection;

  beforeAll(async () => {
    hub = await startSecuredHub(['D042', 'D017']);
    dealer = await openHub(await hub.address('D042'), 'test D042', 'D042');
    for (const id of ['D042', 'D017']) {
      await hub.admin.request(`dealeriq.up.${id}.live.order.placed`, `{"of":"${id}"}`);
      await hub.admin.request(`dealeriq.down.${id}.order.accepted`, `{"of":"${id}"}`);
      await hub.admin.request(`dealeriq.receipt.${id}`, '{}');
      await hub.admin.request(`dealeriq.snapshot.${id}.manifest`, '{}');
      await hub.admin.request(`dealeriq.snapshot.${id}.s1.0`, '{}');
    }
  });
  afterAll(async () => {
    await dealer?.close();
    await hub?.dispose();
  });

  test('its own acknowledgement is allowed', async () => {
    const delivered = await ask(dealer, `${API}.CONSUMER.MSG.NEXT.${DOWN}.down-D042`, '{"batch":1}');
    expect(delivered.reply).toMatch(new RegExp(`^\\$JS\\.ACK\\.${DOWN}\\.down-D042\\.`));
    await dealer.request(String(delivered.reply), '+ACK', { timeout: 5_000 });
    const jsm = await jetstreamManager(hub.admin);
    expect((await jsm.consumers.info(DOWN, 'down-D042')).ack_floor.stream_seq).toBe(1);
  });

  test.each(own('D042'))('its own is allowed: %s', async (_name, subject, body) => {
    const answer = await ask(dealer, subject, body);
    expect(answer.headers?.code ?? 0).toBe(0);
    expect(answer.string()).not.toContain('"error"');
  });

  test.each([...others, ...acks, ...forbidden])('refused: %s (%s)', async (_name, subject, body) => {
    const before = await stateOf(hub.admin);
    await expect(dealer.request(subject, body, { timeout: 5_000 })).rejects.toThrow(
      /Permissions Violation for Publish/,
    );
    expect(await stateOf(hub.admin)).toEqual(before);
  });

  test.each(subscriptions)('refused: subscribe to %s', async (subject) => {
    const refused = new Promise<Error | null>((resolve) => {
      dealer.subscribe(subject, { callback: (error) => resolve(error) });
    });
    await dealer.flush();
    expect(String(await refused)).toMatch(/Permissions Violation for Subscription/);
  });

  test('refused: an inbox in a queue group', async () => {
    const refused = new Promise<Error | null>((resolve) => {
      dealer.subscribe(`${inboxOf('D017')}.>`, { queue: 'q', callback: (error) => resolve(error) });
    });
    await dealer.flush();
    expect(String(await refused)).toMatch(/Permissions Violation for Subscription/);
  });

  // A server does not check where a client wants its answer. It must not land in the subjects of another.
  test.each(own('D042'))('an answer goes nowhere else: %s', async (_name, subject, body) => {
    const before = await lastOfOther(hub.admin);
    for (const reply of [
      'dealeriq.up.D017.live.order.placed',
      'dealeriq.down.D017.order.accepted',
      'dealeriq.receipt.D017',
    ]) {
      dealer.publish(subject, body, { reply });
    }
    // The answers to these come after those to the former.
    await dealer.flush();
    await dealer.request(`${API}.DIRECT.GET.${UP}.dealeriq.up.D042.live.>`);
    await dealer.request(`${API}.CONSUMER.INFO.${DOWN}.down-D042`);
    expect(await lastOfOther(hub.admin)).toEqual(before);
  });

  test.each([
    '{"last_by_subj":"dealeriq.up.D017.>"}',
    '{"multi_last":["dealeriq.up.D017.>"]}',
    '{"seq":1}',
    '{"seq":1,"next_by_subj":"dealeriq.up.D017.>"}',
    '{"batch":10,"seq":1}',
  ])('a direct get cannot be widened by its body: %s', async (body) => {
    const answer = await dealer.request(`${API}.DIRECT.GET.${UP}.dealeriq.up.D042.live.>`, body);
    expect(answer.headers?.code).toBe(408);
    expect(answer.string()).toBe('');
  });

  test.each([
    ['Nats-Rollup', 'all'],
    ['Nats-Rollup', 'sub'],
    ['Nats-TTL', '1s'],
    ['Nats-Schedule', '@at 2030-01-01T00:00:00Z'],
    ['Nats-Expected-Stream', DOWN],
  ])('a header cannot reach further: %s %s', async (name, value) => {
    const before = await lastOfOther(hub.admin);
    const out = headers();
    out.set(name, value);
    const answer = await dealer.request('dealeriq.up.D042.live.order.placed', '{}', { headers: out, timeout: 5_000 });
    expect(answer.json<{ error?: unknown }>().error).toBeDefined();
    expect(await lastOfOther(hub.admin)).toEqual(before);
  });

  test('the answer to one dealer is not heard by another', async () => {
    const other = await openHub(await hub.address('D017'), 'test D017', 'D017');
    const heard: string[] = [];
    other.subscribe(`${inboxOf('D017')}.>`, { callback: (_error, message) => void heard.push(message.string()) });
    await other.flush();
    await dealer.request(`${API}.DIRECT.GET.${UP}.dealeriq.up.D042.live.>`);
    dealer.publish(`dealeriq.up.D042.live.order.placed`, '{}', { reply: `${inboxOf('D017')}.x` });
    await dealer.flush();
    await dealer.request(`${API}.DIRECT.GET.${UP}.dealeriq.up.D042.live.>`);
    await other.flush();
    expect(heard).toEqual([]);
    await other.close();
  });

  test('the bridge may not write as a dealer, nor make or delete streams', async () => {
    const bridge = await openHub(await hub.roleAddress('bridge'), 'test bridge', 'bridge');
    for (const subject of [
      'dealeriq.up.D042.live.order.placed',
      `${API}.STREAM.DELETE.${UP}`,
      `${API}.STREAM.CREATE.X`,
      '$SYS.REQ.SERVER.PING',
    ]) {
      await expect(bridge.request(subject, '{}')).rejects.toThrow(/Permissions Violation for Publish/);
    }
    expect((await bridge.request('dealeriq.receipt.D042', '{}')).json<{ stream: string }>().stream).toBe(RECEIPTS);
    const jsm = await jetstreamManager(bridge, { checkAPI: false });
    const { name } = await jsm.consumers.add(UP, { ack_policy: AckPolicy.Explicit, durable_name: 'bridge' });
    expect(name).toBe('bridge');
    await bridge.close();
  });

  test('without credentials nobody gets in', async () => {
    await expect(openHub({ url: hub.server.url }, 'nobody', 'nobody')).rejects.toThrow(/Authorization Violation/i);
  });
});

/** One answer: also a delivery, which bears the subject that it was stored under. */
async function ask(nc: NatsConnection, subject: string, body: string): Promise<Msg> {
  const inbox = nc.subscribe(createInbox(inboxOf('D042')), { max: 1 });
  nc.publish(subject, body, { reply: inbox.getSubject() });
  for await (const message of inbox) return message;
  throw new Error(`No answer to ${subject}.`);
}

/** Everything of the hub that an attempt could change. */
async function stateOf(admin: NatsConnection): Promise<unknown> {
  const jsm = await jetstreamManager(admin);
  const streams = await jsm.streams.list().next();
  const consumer = await jsm.consumers.info(DOWN, 'down-D017');
  return {
    streams: streams.map(({ config, state }) => ({ config, messages: state.messages, last: state.last_seq })),
    delivered: consumer.delivered,
    ackFloor: consumer.ack_floor,
  };
}

/** The last message of every subject of the other dealer. */
async function lastOfOther(admin: NatsConnection): Promise<unknown> {
  const found: Record<string, string> = {};
  for (const [stream, subject] of [
    [UP, 'dealeriq.up.D017.>'],
    [DOWN, 'dealeriq.down.D017.>'],
    [RECEIPTS, 'dealeriq.receipt.D017'],
    [SNAPSHOTS, 'dealeriq.snapshot.D017.>'],
  ]) {
    const message = await admin.request(`${API}.DIRECT.GET.${stream}.${subject}`);
    found[String(subject)] = `${message.headers?.get('Nats-Sequence')} ${message.string()}`;
  }
  return found;
}
