import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { connect } from '@nats-io/transport-node';
import { expect, test } from 'vitest';
import { openFileStore } from '../../edge/node/open-store.ts';
import { LANES, type Lane } from '../../src/core/event.ts';
import { BEGINNING, lastPlace, type Place } from '../../sync/core/outbox.ts';
import { jetStreamUpHub } from '../../sync/jetstream/up-hub.ts';
import { contentOf } from '../support/bridge-content.ts';
import { canonical, type Made, sha256 } from '../support/bridge-events.ts';
import { type DealerFacts, isClean, judgeKafka } from '../support/bridge-oracle.ts';
import { type BridgeWorld, startBridgeWorld } from '../support/bridge-world.ts';
import { printed, startCli } from '../support/cli-process.ts';
import { kafkaOrSkip } from '../support/kafka-server.ts';
import { prepareHub } from '../support/link-centre.ts';
import { openSite, type Site } from '../support/link-site.ts';
import { natsOrSkip } from '../support/nats-server.ts';
import { registryOrSkip } from '../support/registry-server.ts';

const isReady = [await natsOrSkip(), await kafkaOrSkip(), await registryOrSkip()].every((one) => one !== undefined);
const DEALERS = ['D101', 'D102'];
const SETTLE_MS = 60_000;

test.skipIf(!isReady)(
  'what real edges log is in Kafka once and in order, over killed boxes, copies of `dealeriq bridge`, hub and broker',
  { timeout: 180_000 },
  async () => {
    const world = await startBridgeWorld();
    const sites: Site[] = [];
    let copies: ChildProcessWithoutNullStreams[] = [];
    try {
      const admin = await connect({ servers: world.hub.url });
      await prepareHub(admin, DEALERS);
      await admin.close();
      for (const dealerId of DEALERS) sites.push(await openSite(world.folder, dealerId, world.hub.port));
      const doomed = await bridge(world, 'a', 'up-after-send:20');
      const ended = once(doomed, 'exit');
      copies = [doomed, await bridge(world, 'b')];
      const [first, second] = sites as [Site, Site];

      // The first copy ends between sending and committing; a third one joins.
      expect(await ended).toEqual([null, 'SIGKILL']);
      copies.push(await bridge(world, 'c'));
      await first.process.kill();
      await first.boot();
      second.proxy.cut();
      await world.hub.restart();
      await world.kafkaServer.restart();
      second.proxy.mend();
      (copies[1] as ChildProcessWithoutNullStreams).kill('SIGKILL');
      await setTimeout(1_000);

      for (const { process } of sites) process.tell('quiet');
      const facts = await Promise.all(sites.map((site) => settled(world, site)));
      const verdicts = await judgeKafka(facts, await contentOf(world));
      for (const verdict of verdicts) expect(verdict.events).toBeGreaterThan(100);
      expect(verdicts.filter((one) => !isClean(one))).toEqual([]);
    } finally {
      for (const copy of copies) copy.kill('SIGKILL');
      for (const site of sites) await site.dispose();
      await world.dispose();
    }
  },
);

async function bridge(world: BridgeWorld, name: string, faultPoint = ''): Promise<ChildProcessWithoutNullStreams> {
  const { broker, hub, registry, folder } = world.copyOptions(name);
  mkdirSync(join(folder, 'data'), { recursive: true });
  const child = startCli(['bridge', '--port', '0'], {
    cwd: folder,
    env: {
      NATS_URL: hub,
      KAFKA_BROKERS: broker,
      SCHEMA_REGISTRY_URL: registry,
      DATA_DIR: join(folder, 'data'),
      KAFKA_PREFIX: world.prefix,
      DEALERIQ_FAULT_POINT: faultPoint,
    },
  });
  child.stderr.resume();
  await printed(child, 'dealeriq bridge is ready');
  child.stdout.resume();
  return child;
}

/** Waits until the box heard that Kafka has everything, ends it, and reads what its log has. */
async function settled(world: BridgeWorld, site: Site): Promise<DealerFacts> {
  const nc = await connect({ servers: world.hub.url });
  const hub = jetStreamUpHub(nc, site.dealerId, 'B1');
  const receipts: Record<Lane, Place> = { live: BEGINNING, bulk: BEGINNING };
  const problems: string[] = [];
  const untilMs = performance.now() + SETTLE_MS;
  for (;;) {
    const { pending } = await site.process.status();
    const stored = await Promise.all(LANES.map((lane) => hub.lastStored(lane)));
    for (const lane of LANES) receipts[lane] = (await hub.receipt(lane)) ?? BEGINNING;
    if (pending === 0 && LANES.every((lane, index) => receipts[lane].sequence === stored[index]?.sequence)) break;
    if (performance.now() > untilMs) {
      problems.push(`${site.dealerId} is not confirmed: ${JSON.stringify({ pending, receipts })}`);
      break;
    }
    await setTimeout(100);
  }
  await nc.close();
  await site.process.stop();
  const store = await openFileStore(site.folder);
  const made = await madeIn(store, site.dealerId);
  for (const lane of LANES) expect(receipts[lane]).toMatchObject(await lastPlace(store, lane));
  await store.close();
  return {
    dealerId: site.dealerId,
    deviceId: 'B1',
    made,
    keptUpTo: new Map(),
    problems,
    receipt: (lane) => receipts[lane],
  };
}

async function madeIn(store: Awaited<ReturnType<typeof openFileStore>>, dealerId: string): Promise<Made[]> {
  const rows = await store.read({
    sql: 'SELECT lane, epoch, sequence, id, type, data FROM events WHERE sequence IS NOT NULL ORDER BY position',
  });
  return rows.map((row) => ({
    dealerId,
    deviceId: 'B1',
    lane: row.lane as Lane,
    epoch: Number(row.epoch),
    sequence: Number(row.sequence),
    id: String(row.id),
    type: String(row.type),
    poison: undefined,
    digest: sha256(canonical(JSON.parse(String(row.data)))),
  }));
}
