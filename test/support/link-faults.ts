import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { jetstreamManager } from '@nats-io/jetstream';
import { LANES } from '../../src/core/event.ts';
import { DOWN, UP } from '../../sync/jetstream/streams.ts';
import { type Centre, prepareHub } from './link-centre.ts';
import { type EdgeProcess, startEdge } from './link-process.ts';
import { lastUp, type Site } from './link-site.ts';
import type { NatsServer } from './nats-server.ts';

/** Everything that a fault can reach. */
export interface World {
  readonly server: NatsServer;
  readonly centre: Centre;
  readonly dealerIds: readonly string[];
  readonly root: string;
  /** Held by what may take events from the hub, and by what counts on the hub having them. */
  readonly hubContent: <T>(work: () => Promise<T>) => Promise<T>;
}

export interface Fault<Target> {
  readonly kind: string;
  readonly weight: number;
  /** Resolves to `false` when it could not be done just now. */
  run(target: Target, world: World, random: () => number): Promise<boolean | undefined>;
}

const DAY_MS = 86_400_000;
const between = (random: () => number, from: number, to: number) => setTimeout(from + random() * (to - from));

const restart = async (site: Site) => {
  await site.process.kill();
  await site.boot();
};
const held = (kind: string, which: 'up' | 'down' | 'both', weight: number): Fault<Site> => ({
  kind,
  weight,
  async run(site, _world, random) {
    site.proxy.hold(which);
    await between(random, 200, 1_500);
    site.proxy.mend();
    return true;
  },
});
const shifted = (kind: string, byMs: number): Fault<Site> => ({
  kind,
  weight: 1,
  async run(site) {
    await site.process.kill();
    site.clockOffsetMs = byMs;
    await site.boot();
    return true;
  },
});

/** What can happen to a site. */
export const siteFaults: readonly Fault<Site>[] = [
  {
    kind: 'edge killed',
    weight: 5,
    async run(site) {
      await restart(site);
      return true;
    },
  },
  {
    kind: 'edge stopped, goes on late',
    weight: 3,
    async run(site, _world, random) {
      site.process.signal('SIGSTOP');
      await between(random, 100, 2_500);
      site.process.signal('SIGCONT');
      return true;
    },
  },
  {
    kind: 'edge stopped, replaced, goes on',
    weight: 2,
    async run(site, _world, random) {
      const zombie = site.process;
      zombie.signal('SIGSTOP');
      const twin = await startEdge(site.options());
      await between(random, 100, 500);
      zombie.signal('SIGCONT');
      await between(random, 100, 400);
      // Refused: the zombie held the database.
      if (twin === undefined) return true;
      const [ends, stays] = random() < 0.5 ? [zombie, twin] : [twin, zombie];
      site.process = stays;
      await ends.kill();
      return true;
    },
  },
  {
    kind: 'link cut',
    weight: 4,
    async run(site, _world, random) {
      site.proxy.cut();
      await between(random, 50, 800);
      site.proxy.mend();
      return true;
    },
  },
  {
    kind: 'link cut for longer than the dedupe window',
    weight: 1,
    async run(site, _world, random) {
      site.proxy.cut();
      await between(random, 2_100, 3_000);
      site.proxy.mend();
      return true;
    },
  },
  held('link held upwards', 'up', 2),
  held('link held downwards', 'down', 2),
  held('link held both ways', 'both', 2),
  {
    kind: 'slow consumer',
    weight: 1,
    async run(site, { centre }, random) {
      site.proxy.hold('down');
      centre.burst(150);
      await between(random, 500, 1_500);
      site.proxy.mend();
      return true;
    },
  },
  shifted('clock a day ahead', DAY_MS),
  shifted('clock a day behind', -DAY_MS),
  {
    kind: 'backup restored',
    weight: 1,
    async run(site, _world, random) {
      // What is in the backup was not sent yet.
      site.proxy.cut();
      await between(random, 100, 300);
      await site.process.kill();
      const backup = site.copyDisk('backup');
      site.proxy.mend();
      await site.boot();
      await between(random, 100, 500);
      await site.process.kill();
      site.archives.push(site.copyDisk(`lost-${site.archives.length}`));
      rmSync(site.folder, { recursive: true });
      cpSync(backup, site.folder, { recursive: true });
      await site.boot({ restored: true });
      return true;
    },
  },
  {
    kind: 'second device',
    weight: 1,
    run: (site, world) =>
      world.hubContent(async () => {
        for (const lane of LANES)
          if ((await lastUp(world.centre, site.dealerId, lane))?.deviceId !== 'B1') return false;
        return runRefused(world, site, { deviceId: 'B2', from: undefined, says: /Another device is writing.*B1/ });
      }),
  },
  {
    kind: 'old copy of the database',
    weight: 1,
    run: async (site, world, random) => {
      await site.process.kill();
      const copy = site.copyDisk('copy');
      await site.boot();
      return world.hubContent(async () => {
        const before = await Promise.all(LANES.map((lane) => lastUp(world.centre, site.dealerId, lane)));
        await between(random, 500, 900);
        const after = await Promise.all(LANES.map((lane) => lastUp(world.centre, site.dealerId, lane)));
        // Only once the hub has what the copy cannot have.
        const beyond = after.every(
          (place, lane) => place !== undefined && place.sequence > (before[lane]?.sequence ?? 0) + 20,
        );
        if (!beyond) return false;
        return runRefused(world, site, { deviceId: 'B1', from: copy, says: /old copy|its own way|began later/ });
      });
    },
  },
];

/** Runs another box for the same dealer, which has to be refused, visibly. */
async function runRefused(
  world: World,
  site: Site,
  rogue: { readonly deviceId: string; readonly from: string | undefined; readonly says: RegExp },
): Promise<boolean> {
  const folder = join(world.root, site.dealerId, 'rogue');
  rmSync(folder, { recursive: true, force: true });
  if (rogue.from !== undefined) cpSync(rogue.from, folder, { recursive: true });
  const process = await startEdge(
    site.options({
      folder,
      deviceId: rogue.deviceId,
      url: world.server.url,
      confirmedFile: join(world.root, site.dealerId, 'confirmed-by-rogue'),
    }),
  );
  if (process === undefined) throw new Error('The other box did not start.');
  try {
    await seen(process, (status) => status.state === 'refused' && rogue.says.test(status.detail));
  } finally {
    await process.kill();
  }
  return true;
}

async function seen(process: EdgeProcess, what: (status: Awaited<ReturnType<EdgeProcess['status']>>) => boolean) {
  let last = '';
  for (let round = 0; round < 400; round += 1) {
    const status = await process.status();
    if (what(status)) return;
    last = `${status.state}: ${status.detail}`;
    await setTimeout(25);
  }
  throw new Error(`The other box was not refused; it says ${last}`);
}

const recreated = (kind: string, name: string): Fault<NatsServer> => ({
  kind,
  weight: 1,
  run: (_server, world) =>
    world.hubContent(async () => {
      await world.centre.admin(async (nc) => {
        await (await jetstreamManager(nc)).streams.delete(name);
        await prepareHub(nc, world.dealerIds);
      });
      return true;
    }),
});

/** What can happen to the hub. */
export const hubFaults: readonly Fault<NatsServer>[] = [
  {
    kind: 'hub killed',
    weight: 4,
    run: (server, world) =>
      world.hubContent(async () => {
        await server.restart();
        return true;
      }),
  },
  {
    kind: 'hub stopped, goes on late',
    weight: 3,
    run: (server, world, random) =>
      world.hubContent(async () => {
        server.pause();
        await between(random, 100, 2_500);
        server.resume();
        return true;
      }),
  },
  {
    kind: 'hub down for longer than the dedupe window',
    weight: 1,
    run: (server, world, random) =>
      world.hubContent(async () => {
        await server.kill();
        await between(random, 2_100, 2_600);
        await server.start();
        return true;
      }),
  },
  {
    kind: 'hub rolled back to an earlier disk',
    weight: 2,
    run: (server, world, random) =>
      world.hubContent(async () => {
        const copy = join(world.root, 'hub-copy');
        await server.kill();
        rmSync(copy, { recursive: true, force: true });
        server.copyStore(copy);
        await server.start();
        await between(random, 300, 1_500);
        await server.kill();
        server.restoreStore(copy);
        await server.start();
        return true;
      }),
  },
  {
    kind: 'up stream purged',
    weight: 1,
    run: (_server, world) =>
      world.hubContent(async () => {
        await world.centre.admin(async (nc) => (await jetstreamManager(nc)).streams.purge(UP));
        return true;
      }),
  },
  recreated('up stream wiped and made anew', UP),
  recreated('down stream wiped and made anew', DOWN),
];

/** One of them, by weight. */
export function pick<Target>(faults: readonly Fault<Target>[], random: () => number): Fault<Target> {
  let at = random() * faults.reduce((sum, fault) => sum + fault.weight, 0);
  for (const fault of faults) {
    at -= fault.weight;
    if (at < 0) return fault;
  }
  return faults[0] as Fault<Target>;
}
