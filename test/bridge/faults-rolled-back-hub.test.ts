import { join } from 'node:path';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { expect, test } from 'vitest';
import { planGroup, type ShardState } from '../../sync/bridge/up-group.ts';
import { messageAt, streamNow, type UpMessage } from '../../sync/bridge/up-source.ts';
import { startOf } from '../../sync/bridge/up-start.ts';
import { sendAtomicBatch } from '../../sync/jetstream/atomic-batch.ts';
import { provision } from '../../sync/jetstream/provision.ts';
import { laneFilter } from '../../sync/jetstream/streams.ts';
import { makeEvent } from '../support/bridge-events.ts';
import { natsOrSkip, startNatsServer } from '../support/nats-server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const binary = await natsOrSkip();
const DEALERS = ['D001', 'D002', 'D003'] as const;

test.skipIf(binary === undefined)(
  'a hub that was rolled back and has the same event at the same place again is read anew',
  async () => {
    const folder = temporaryFolder();
    const server = await startNatsServer();
    const [a, b, c] = DEALERS;
    try {
      let nc = await connect({ servers: server.url });
      await provision(nc, []);
      await store(nc, a, 1, 0);
      await nc.close();
      await server.stop();
      server.copyStore(join(folder.path, 'store'));
      await server.start();

      nc = await connect({ servers: server.url });
      await store(nc, b, 1, 0);
      await store(nc, a, 2, 1);
      const before = await stateAfter(nc, [1, 2, 3]);
      expect(await startOf(nc, before, await streamNow(nc), new Set(DEALERS))).toEqual({
        from: 4,
        positionHolds: true,
      });
      await nc.close();
      await server.kill();
      server.restoreStore(join(folder.path, 'store'));
      await server.start();

      // Another dealer is quicker now: what stood at place 2 is lost, and place 3 has what it had.
      nc = await connect({ servers: server.url });
      await store(nc, c, 1, 0);
      await store(nc, a, 2, 1);
      expect((await messageAt(nc, 3))?.attributes.id).toBe(`${a}-B1-1-live-2`);
      const start = await startOf(nc, { ...before, watermarks: withSeen(before, c) }, await streamNow(nc), new Set());
      expect(start).toEqual({ from: 1, positionHolds: false });
      await nc.close();
    } finally {
      await server.dispose();
      folder.remove();
    }
  },
);

/** As if Kafka had something of the dealer from before: then only the position says where to read. */
function withSeen({ watermarks }: ShardState, dealerId: string): ShardState['watermarks'] {
  return new Map([...watermarks, [`up/${dealerId}/B1/bulk`, { epoch: 1, sequence: 1, streamSequence: 1 }]]);
}

async function stateAfter(nc: NatsConnection, places: readonly number[]): Promise<ShardState> {
  const messages = await Promise.all(places.map((place) => messageAt(nc, place)));
  const gate = { admit: () => ({ records: [], deadLetter: false }) };
  const { created } = await streamNow(nc);
  const empty = { watermarks: new Map(), position: undefined };
  return planGroup(empty, messages as UpMessage[], gate, created, new Map());
}

async function store(nc: NatsConnection, dealerId: string, sequence: number, lastSequence: number): Promise<void> {
  const options = { dealerId, deviceId: 'B1', lane: 'live', epoch: 1, sequence, poisonShare: 0 } as const;
  const event = makeEvent(options, () => 0);
  const { subject, payload } = event;
  const answer = await sendAtomicBatch(nc, { filter: laneFilter(dealerId, 'live'), lastSequence }, [
    { subject, payload, headers: (ofBatch) => event.headers(ofBatch, false) },
  ]);
  if (answer.error !== undefined) throw new Error(answer.error.description);
}
