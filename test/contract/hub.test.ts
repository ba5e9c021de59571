import { jetstreamManager } from '@nats-io/jetstream';
import { headers } from '@nats-io/nats-core';
import { connect } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { EventTooLarge } from '../../sync/core/hub.ts';
import { jetStreamDownHub } from '../../sync/jetstream/down-hub.ts';
import { provision } from '../../sync/jetstream/provision.ts';
import { publishSnapshot } from '../../sync/jetstream/snapshot.ts';
import { jetStreamUpHub, publishReceipt } from '../../sync/jetstream/up-hub.ts';
import { fakeHub } from '../support/link-fake-hub.ts';
import { type NatsServer, natsOrSkip, startNatsServer } from '../support/nats-server.ts';
import { type HubUnderTest, hubContract, outboxEvent } from './hub.contract.ts';

const binary = await natsOrSkip();

hubContract('memory (used to inject faults)', async () => {
  const hub = fakeHub();
  return {
    up: hub.up,
    down: hub.down,
    confirm: async (deviceId, lane, place) => hub.confirm(deviceId, lane, place),
    send: async (id, bytes) => hub.send({ attributes: { id }, bytes }),
    publishSnapshot: async (events, coversSequence) => hub.publishSnapshot(events, coversSequence),
    dispose: async () => undefined,
  };
});

describe.skipIf(binary === undefined)('with a real server', () => {
  let server: NatsServer;
  beforeAll(async () => {
    server = await startNatsServer();
  });
  afterAll(() => server.dispose());

  const open = async () => {
    const nc = await connect({ servers: server.url });
    const jsm = await jetstreamManager(nc);
    for await (const stream of jsm.streams.list()) await jsm.streams.delete(stream.config.name);
    await provision(nc, ['D042']);
    const under: HubUnderTest = {
      up: (deviceId) => jetStreamUpHub(nc, 'D042', deviceId),
      down: jetStreamDownHub(nc, 'D042'),
      confirm: (device, lane, place) => publishReceipt(nc, 'D042', { device, lanes: { [lane]: place } }),
      async send(id, bytes) {
        const out = headers();
        out.set('ce-id', id);
        await nc.request('dealeriq.down.D042.price.changed', bytes, { headers: out, timeout: 5_000 });
      },
      async publishSnapshot(events, coversSequence) {
        await publishSnapshot(nc, 'D042', `S${coversSequence}`, { coversSequence, streamFirstSequence: 1 }, events);
      },
      dispose: () => nc.close(),
    };
    return { ...under, nc };
  };
  hubContract('JetStream', open);

  test('events that the hub lost are stored again, although it still remembers their ids', async () => {
    const { up, nc, dispose } = await open();
    const batch = Array.from({ length: 5 }, (_, index) => outboxEvent('live', index + 1));
    await up('B1').append('live', 0, batch);
    await (await jetstreamManager(nc)).streams.purge('DEALERIQ_UP');
    expect(await up('B1').lastStored('live')).toBeUndefined();
    await up('B1').append('live', 0, batch);
    expect((await up('B1').lastStored('live'))?.sequence).toBe(5);
    await dispose();
  });

  test('an event that the server cannot take is named, and nothing of its batch is stored', async () => {
    const { up, dispose } = await open();
    const huge = outboxEvent('bulk', 2, { dataText: `"${'ü'.repeat(600_000)}"` });
    await expect(up('B1').append('bulk', 0, [outboxEvent('bulk', 1), huge])).rejects.toThrow(EventTooLarge);
    await expect(up('B1').append('bulk', 0, [huge])).rejects.toThrow(/bulk-2 .* 1200002 bytes.*max_payload/);
    expect(await up('B1').lastStored('bulk')).toBeUndefined();
    await up('B1').append('bulk', 0, [outboxEvent('bulk', 1, { dataText: `"${'u'.repeat(900_000)}"` })]);
    await dispose();
  });
});
