/**
 * A process of its own: a box that places orders without end, writes down the id of each one that was confirmed
 * before it goes on, and is linked to a hub: `link-edge.ts <options as JSON>`. Its parent asks over IPC.
 */
import { openSync, writeSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { connect } from '@nats-io/transport-node';
import { readMigrations } from '../../edge/node/migrations.ts';
import { openFileStore } from '../../edge/node/open-store.ts';
import { nodePorts } from '../../edge/node/ports.ts';
import { EdgeError } from '../../src/core/errors.ts';
import { LANES } from '../../src/core/event.ts';
import { startEpoch } from '../../src/runtime/identity.ts';
import { createRuntime, type Runtime } from '../../src/runtime.ts';
import { CURSORS, readCursor } from '../../src/store/cursors.ts';
import { lastPlace } from '../../sync/core/outbox.ts';
import { LinkCounters } from '../../sync/counters.ts';
import { jetStreamDownHub } from '../../sync/jetstream/down-hub.ts';
import { jetStreamUpHub } from '../../sync/jetstream/up-hub.ts';
import { startLink } from '../../sync/link.ts';
import { arriving } from './edge-box.ts';
import { count, dealer, payload, price, product } from './facts.ts';
import type { EdgeOptions, EdgeStatus } from './link-process.ts';

const SKU = 'HOSE';
const options = JSON.parse(process.argv[2] ?? '{}') as EdgeOptions;
const { dealerId, deviceId, url, clockOffsetMs } = options;
const clock = { nowMs: () => Date.now() + clockOffsetMs };
const store = await openFileStore(options.folder);
if (options.restored) await startEpoch(store, clock.nowMs());
const runtime = await createRuntime({
  store,
  ports: { ...nodePorts, clock },
  migrations: readMigrations(),
  dealerId,
  deviceId,
});
await fillShop(runtime);
const counters = new LinkCounters();
const link = await startLink({
  runtime,
  counters,
  retryMs: { first: 50, most: 400 },
  async connect() {
    const nc = await connect({
      servers: url,
      inboxPrefix: `_INBOX.${dealerId}`,
      reconnect: false,
      timeout: 1_000,
      pingInterval: 300,
      maxPingOut: 2,
    });
    return {
      up: jetStreamUpHub(nc, dealerId, deviceId),
      down: jetStreamDownHub(nc, dealerId),
      closed: async () => void (await nc.closed()),
      close: () => nc.close(),
    };
  },
});

let placing = options.everyMs > 0;
const confirmed = openSync(options.confirmedFile, 'a');
const pumped = pump();

process.on('message', (question: 'status' | 'quiet' | 'nudge') => {
  if (question === 'quiet') placing = false;
  else if (question === 'nudge') void once().catch(() => undefined);
  else void status().then((answer) => process.send?.(answer));
});
process.on('disconnect', () => process.exit(1));
process.once('SIGTERM', async () => {
  placing = false;
  await pumped;
  await link.close();
  await runtime.close();
  process.exit(0);
});
process.send?.('ready');

async function pump(): Promise<void> {
  while (placing) {
    try {
      await once();
    } catch (error) {
      // A twin on the same database is in the way for a moment.
      if (!(error instanceof EdgeError)) throw error;
    }
    await setTimeout(options.everyMs);
  }
}

/** One order, and an event of the other lane. */
async function once(): Promise<void> {
  const { events } = await runtime.execute('place-order', {
    lines: [{ sku: SKU, quantity: 1 }],
    note: 'Größe "M" 5 %',
  });
  writeSync(confirmed, `${events[0]?.subject}\n`);
  await runtime.receive(
    arriving('metric.anomaly.detected', payload('metric.anomaly.detected', { anomalyId: nodePorts.random.uuid() }), {
      source: `urn:dealeriq:dealer:${dealerId}:${deviceId}`,
    }),
  );
}

async function status(): Promise<EdgeStatus> {
  const pending = await Promise.all(
    LANES.map(async (lane) => {
      const last = await lastPlace(store, lane);
      return last.sequence - ((await readCursor(store, CURSORS.acked(lane, last.epoch)))?.value ?? 0);
    }),
  );
  const { state, detail } = link.state();
  const { lastAppliedSequence } = await link.inbound();
  return {
    state,
    detail,
    pending: pending.reduce((sum, one) => sum + one, 0),
    applied: lastAppliedSequence,
    rssBytes: process.memoryUsage.rss(),
  };
}

async function fillShop(to: Runtime): Promise<void> {
  // Fixed ids: when a start was cut off in between, the next one repeats it without effect.
  await to.receive(arriving('dealer.created', dealer({ dealerId }), { id: 'shop-dealer' }));
  await to.receive(arriving('product.updated', product(SKU), { id: 'shop-product' }));
  await to.receive(arriving('price.changed', price(SKU, 1000), { id: 'shop-price' }));
  await to.receive(arriving('inventory.changed', count(SKU, 1_000_000), { id: 'shop-stock' }));
}
