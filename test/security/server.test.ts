import type { StreamConfig } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/nats-core';
import { afterEach, describe, expect, test } from 'vitest';
import { openHub } from '../../edge/node/nats.ts';
import { checkServer, provision, refuseDropped } from '../../sync/jetstream/provision.ts';
import { type NatsServer, natsOrSkip, startNatsServer } from '../support/nats-server.ts';

const binary = await natsOrSkip();

const serverOf = (version: string) => ({ info: { version }, getServer: () => 'hub:4222' }) as unknown as NatsConnection;

describe('a server', () => {
  test.each(['2.9.10', '2.10.29', '2.12.1', '2.14.9', '1.4.1', ''])('of version %j is refused', (version) => {
    expect(() => checkServer(serverOf(version))).toThrow(/too old: 2\.15 or newer is needed.*hub:4222/);
  });

  test.each(['2.15.0', '2.15.1', '2.16.0-RC.1', '3.0.0'])('of version %s is taken', (version) => {
    expect(() => checkServer(serverOf(version))).not.toThrow();
  });

  test('that dropped a setting is refused, and the setting named', () => {
    const wanted = { name: 'DEALERIQ_UP', allow_atomic: true, max_age: 0 } as Partial<StreamConfig>;
    const echoed = { name: 'DEALERIQ_UP', max_age: 0 } as StreamConfig;
    expect(() => refuseDropped(wanted, echoed)).toThrow(
      /did not take these settings of stream DEALERIQ_UP: allow_atomic should be true and is null/,
    );
    expect(() => refuseDropped(wanted, { ...echoed, ...wanted } as StreamConfig)).not.toThrow();
  });
});

describe.skipIf(binary === undefined)('a real server', () => {
  let server: NatsServer | undefined;
  afterEach(() => server?.dispose());

  test('whose limits do not allow a setting is refused', async () => {
    server = await startNatsServer({ jetStreamExtra: { limits: { duplicate_window: '1s' } } });
    const nc = await openHub({ url: server.url }, 'test', 'admin');
    await expect(provision(nc, [])).rejects.toThrow(/duplicates window can not be larger/);
    await nc.close();
  });

  test('without JetStream is refused with a reason', async () => {
    server = await startNatsServer({ jetStream: false });
    const nc = await openHub({ url: server.url }, 'test', 'admin');
    await expect(provision(nc, [])).rejects.toThrow(/jetstream/i);
    await nc.close();
  });

  test('is provisioned once: a second time changes nothing, and a plan neither', async () => {
    server = await startNatsServer();
    const nc = await openHub({ url: server.url }, 'test', 'admin');
    const actions = async (dryRun: boolean) => (await provision(nc, ['D042'], { dryRun })).map(({ action }) => action);
    expect(await actions(true)).toEqual(Array(5).fill('create'));
    expect(await actions(false)).toEqual(Array(5).fill('create'));
    expect(await actions(false)).toEqual(Array(5).fill('keep'));
    expect(await actions(true)).toEqual(Array(5).fill('keep'));
    await nc.close();
  });
});
