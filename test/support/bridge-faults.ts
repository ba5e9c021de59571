import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { UP_FAULT_POINTS } from '../../sync/bridge/fault-points.ts';
import { type BridgeCopy, startCopy } from './bridge-copy.ts';
import type { Dealer } from './bridge-dealer.ts';
import type { BridgeWorld } from './bridge-world.ts';

/** A place where a copy of the bridge runs, one after another. */
export interface Slot {
  readonly name: string;
  copy: BridgeCopy;
}

/** Everything that a fault can reach. */
export interface FaultWorld extends BridgeWorld {
  readonly slots: readonly Slot[];
  readonly dealers: readonly Dealer[];
  /** One at a time: what takes Kafka, the hub or the registry away. */
  readonly alone: <T>(work: () => Promise<T>) => Promise<T>;
  /** One copy at a time stands still until others have its shards; `false` while another does. */
  readonly frozenOne: (work: () => Promise<boolean>) => Promise<boolean>;
  count(kind: string): void;
}

export interface Fault<Target> {
  readonly kind: string;
  readonly weight: number;
  /** Resolves to `false` when it could not be done just now. */
  run(target: Target, world: FaultWorld, random: () => number): Promise<boolean>;
}

/** How long a copy may take until it comes to its fault point, in milliseconds; it has to get shards first. */
const REACH_MS = 9_000;
/** How long a replacement may take, in milliseconds. */
const TAKE_OVER_MS = 9_000;

const between = (random: () => number, from: number, to: number) => setTimeout(from + random() * (to - from));

/** Ends whatever runs in the slot and starts the next copy there. */
async function replace(slot: Slot, world: FaultWorld, faultPoint = ''): Promise<void> {
  if (!slot.copy.hasEnded) {
    await slot.copy.kill();
    world.count('killed');
  }
  slot.copy = await startCopy(world.copyOptions(slot.name), faultPoint);
}

/** A copy that runs: the last fault may have left the slot empty. */
async function running(slot: Slot, world: FaultWorld): Promise<BridgeCopy> {
  if (slot.copy.hasEnded) await replace(slot, world);
  return slot.copy;
}

/** The next copy of the slot is killed where the fault point is; the one after it is started by the next fault. */
const killedAt = (point: string): Fault<Slot> => ({
  kind: `killed at ${point}`,
  weight: 2,
  async run(slot, world, random) {
    await replace(slot, world, `${point}:${1 + Math.floor(random() * 3) * (LOOPED.has(point) ? 1 : 0)}`);
    return slot.copy.died(REACH_MS);
  },
});

/** The next copy of the slot stands still at the fault point until others run everything, then goes on. */
const zombieAt = (point: string): Fault<Slot> => ({
  kind: `stopped at ${point}, replaced, goes on`,
  weight: 3,
  run: (slot, world, random) =>
    world.frozenOne(async () => {
      await replace(slot, world, `${point}:${1 + Math.floor(random() * 2)}:SIGSTOP`);
      return (await slot.copy.stopped(REACH_MS)) && outlive(slot, world, random);
    }),
});

/** Lets the others take over from a copy that stands still, then lets it go on. */
async function outlive(slot: Slot, world: FaultWorld, random: () => number): Promise<boolean> {
  const done = await takenOver(slot, world);
  slot.copy.signal('SIGCONT');
  await between(random, 200, 800);
  return done;
}

/** Points that are passed for every transaction. */
const LOOPED = new Set(UP_FAULT_POINTS.slice(UP_FAULT_POINTS.indexOf('up-before-begin')) as readonly string[]);

/** Whether every shard comes to be run by another copy. */
async function takenOver(slot: Slot, world: FaultWorld): Promise<boolean> {
  const taken = new Set<number>();
  const untilMs = performance.now() + TAKE_OVER_MS;
  while (performance.now() < untilMs) {
    const others = world.slots.filter((other) => other !== slot);
    const owned = await Promise.all(others.map(async ({ copy }) => (await copy.status())?.shards ?? []));
    for (const shard of owned.flat()) taken.add(shard);
    if (taken.size === world.shards) return true;
    await setTimeout(50);
  }
  return false;
}

export const killFaults: readonly Fault<Slot>[] = UP_FAULT_POINTS.map(killedAt);

/** What can happen to a copy of the bridge. */
export const copyFaults: readonly Fault<Slot>[] = [
  ...killFaults,
  ...['up-after-init', 'up-after-begin', 'up-after-send', 'up-after-commit'].map(zombieAt),
  {
    kind: 'stopped for a moment',
    weight: 10,
    async run(slot, world, random) {
      const copy = await running(slot, world);
      copy.signal('SIGSTOP');
      await between(random, 50, 900);
      copy.signal('SIGCONT');
      return !copy.hasEnded;
    },
  },
  {
    kind: 'stopped, replaced, goes on',
    weight: 4,
    run: (slot, world, random) =>
      world.frozenOne(async () => {
        (await running(slot, world)).signal('SIGSTOP');
        return outlive(slot, world, random);
      }),
  },
  {
    kind: 'stopped by an operator and joined again',
    weight: 5,
    async run(slot, world) {
      await (await running(slot, world)).stop();
      await running(slot, world);
      return true;
    },
  },
];

const cutRegistry = (kind: string, during: Fault<FaultWorld>['run']): Fault<FaultWorld> => ({
  kind,
  weight: 3,
  run: (target, world, random) =>
    world.alone(async () => {
      world.registryProxy.cut();
      try {
        return await during(target, world, random);
      } finally {
        world.registryProxy.mend();
      }
    }),
});

/** What can happen to everything else. */
export const worldFaults: readonly Fault<FaultWorld>[] = [
  {
    kind: 'hub killed',
    weight: 8,
    run: (_target, { alone, hub }) =>
      alone(async () => {
        await hub.restart();
        return true;
      }),
  },
  {
    kind: 'hub stopped, goes on late',
    weight: 6,
    run: (_target, { alone, hub }, random) =>
      alone(async () => {
        hub.pause();
        await between(random, 100, 1_500);
        hub.resume();
        return true;
      }),
  },
  {
    kind: 'hub rolled back to an earlier disk',
    weight: 6,
    run: (_target, { alone, hub, folder }, random) =>
      alone(async () => {
        const copy = join(folder, 'hub-copy');
        await hub.kill();
        rmSync(copy, { recursive: true, force: true });
        hub.copyStore(copy);
        await hub.start();
        await between(random, 300, 2_000);
        await hub.kill();
        hub.restoreStore(copy);
        await hub.start();
        return true;
      }),
  },
  {
    kind: 'broker killed',
    weight: 2,
    run: (_target, { alone, kafkaServer }) =>
      alone(async () => {
        await kafkaServer.restart();
        return true;
      }),
  },
  {
    kind: 'broker killed in the middle of a transaction',
    weight: 2,
    run: (_target, world) =>
      world.alone(async () => {
        return inTransaction(world, () => world.kafkaServer.restart());
      }),
  },
  {
    kind: 'broker stopped, goes on late',
    weight: 2,
    run: (_target, { alone, kafkaServer }, random) =>
      alone(async () => {
        kafkaServer.pause();
        await between(random, 500, 4_000);
        kafkaServer.resume();
        return true;
      }),
  },
  cutRegistry('registry cut off', async (_target, _world, random) => {
    await between(random, 500, 3_000);
    return true;
  }),
  cutRegistry('registry cut off while a copy starts', async (_target, world) => {
    // On the folder of another copy, which has the cache.
    const copy = await startCopy(world.copyOptions(world.slots[0]?.name ?? ''));
    const status = await copy.status();
    await copy.kill();
    return status !== undefined;
  }),
  {
    kind: 'registry killed',
    weight: 1,
    run: (_target, { alone, registry }) =>
      alone(async () => {
        await registry.restart();
        return true;
      }),
  },
  {
    kind: 'device restored from a backup',
    weight: 4,
    async run(_target, { dealers }, random) {
      dealers[Math.floor(random() * dealers.length)]?.restoreBackup();
      return true;
    },
  },
];

/** Runs work while a copy stands still between sending and committing. */
async function inTransaction(world: FaultWorld, work: () => Promise<void>): Promise<boolean> {
  const copy = await startCopy(world.copyOptions('extra'), 'up-after-send:1:SIGSTOP');
  try {
    const stopped = await copy.stopped(REACH_MS);
    if (!stopped) return false;
    await work();
    copy.signal('SIGCONT');
    await setTimeout(500);
    return true;
  } finally {
    await copy.kill();
  }
}
