import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { contentOf, uncommittedCount } from '../support/bridge-content.ts';
import { startCopy } from '../support/bridge-copy.ts';
import { type Dealer, startDealer } from '../support/bridge-dealer.ts';
import {
  copyFaults,
  type Fault,
  type FaultWorld,
  killFaults,
  type Slot,
  worldFaults,
} from '../support/bridge-faults.ts';
import { type BridgeVerdict, isClean, judgeKafka } from '../support/bridge-oracle.ts';
import { startBridgeWorld } from '../support/bridge-world.ts';
import { kafkaOrSkip } from '../support/kafka-server.ts';
import { tableOf } from '../support/link-oracle.ts';
import { natsOrSkip } from '../support/nats-server.ts';
import { registryOrSkip } from '../support/registry-server.ts';
import { chooseSeed, seededRandom } from '../support/seeded-random.ts';

const FAULTS = Number(process.env.BRIDGE_FAULTS ?? (process.env.CI === 'true' ? 200 : 40));
const DEALERS = ['D001', 'D002', 'D003', 'D004', 'D005', 'D006'];
const COPIES = 4;
/** Faults of one round; after each the oracle looks at everything. */
const ROUND = 250;
/** How long the bridge may take to carry what is left once nothing disturbs it, in milliseconds. */
const SETTLE_MS = 60_000;

const isReady = [await natsOrSkip(), await kafkaOrSkip(), await registryOrSkip()].every((one) => one !== undefined);

test.skipIf(!isReady)(
  `Kafka has every event once and in order over ${FAULTS} faults of the bridge, Kafka, the hub and the registry`,
  { timeout: 180_000 + FAULTS * 5_000 },
  async () => {
    const seed = chooseSeed();
    const counts = new Map<string, number>();
    const startedMs = performance.now();
    const verdicts: BridgeVerdict[] = [];
    let hidden = 0;
    try {
      for (let done = 0; done < FAULTS; done += ROUND) {
        const round = await runRound(Math.min(ROUND, FAULTS - done), seed + done, counts);
        verdicts.push(...round.verdicts);
        hidden += round.hidden;
      }
    } catch (error) {
      throw new Error(`TEST_SEED=${seed}: ${error instanceof Error ? error.message : error}`, { cause: error });
    }
    print(seed, counts, verdicts, hidden, performance.now() - startedMs);
    expect(
      verdicts.filter((one) => !isClean(one)),
      `TEST_SEED=${seed}`,
    ).toEqual([]);
    expect(total(counts)).toBeGreaterThanOrEqual(FAULTS);
    // Aborted records that nobody may read: without them nothing was put to the test.
    expect(hidden).toBeGreaterThan(0);
  },
);

type Counts = Map<string, number>;

function total(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((sum, one) => sum + one, 0);
}

interface Round {
  readonly verdicts: BridgeVerdict[];
  /** Records of transactions that were aborted or fenced. */
  readonly hidden: number;
}

async function runRound(faults: number, seed: number, counts: Counts): Promise<Round> {
  const base = await startBridgeWorld();
  const dealers = DEALERS.map((dealerId, index) =>
    startDealer(base.hub.url, dealerId, 'B1', seededRandom(seed + index)),
  );
  const slots: Slot[] = [];
  const count = (kind: string) => void counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const world: FaultWorld = { ...base, slots, dealers, alone: oneAtATime(), frozenOne: onlyOne(), count };
  try {
    await Promise.all(
      Array.from({ length: COPIES }, async (_, index) => {
        const name = `slot-${index}`;
        slots.push({ name, copy: await startCopy(base.copyOptions(name)) });
      }),
    );
    await strike(world, total(counts) + faults, seed, counts);
    const unfinished = await settle(world);
    const content = await contentOf(base);
    const verdicts = await judgeKafka(dealers, content);
    verdicts[0]?.problems.push(...unfinished);
    return { verdicts, hidden: (await uncommittedCount(base)) - content.records.length };
  } finally {
    await Promise.all([...slots.map(({ copy }) => copy.kill()), ...dealers.map((dealer) => dealer.stop())]);
    await base.dispose();
  }
}

/** Every fault of the bridge's steps once, then whatever the seed says, until there were enough. */
async function strike(world: FaultWorld, faults: number, seed: number, counts: Counts): Promise<void> {
  let isFailed = false;
  const isEnough = () => isFailed || (due.length === 0 && total(counts) >= faults);
  const due = [...killFaults];
  const stress = async <Target>(target: Target, next: () => Fault<Target>, random: () => number, restMs: number) => {
    while (!isEnough()) {
      const fault = next();
      if (await fault.run(target, world, random)) {
        world.count(fault.kind);
      } else if (killFaults.some((one) => one.kind === fault.kind)) {
        due.push(...killFaults.filter((one) => one.kind === fault.kind));
      }
      await setTimeout(random() * restMs);
    }
  };
  const perSlot = world.slots.map((slot, index) => {
    const random = seededRandom(seed + 100 + index);
    return stress(slot, () => due.shift() ?? pick(copyFaults, random), random, 200);
  });
  const random = seededRandom(seed + 1_000);
  try {
    await Promise.all([...perSlot, stress(world, () => pick(worldFaults, random), random, 600)]);
  } finally {
    // When one of them fails the others have to end too.
    isFailed = true;
  }
  // A fault may have left a slot empty.
  for (const slot of world.slots) {
    if (slot.copy.hasEnded) slot.copy = await startCopy(world.copyOptions(slot.name));
  }
}

/** Lets the dealers send everything and hear that Kafka has it, then ends the bridge as an operator would. */
async function settle(world: FaultWorld): Promise<string[]> {
  const problems: string[] = [];
  const finished = await Promise.all(world.dealers.map((dealer) => dealer.finish(SETTLE_MS)));
  for (const [index, dealer] of world.dealers.entries()) {
    if (finished[index] === false)
      problems.push(`${dealer.dealerId} is not confirmed: ${await stateOf(world, dealer)}`);
  }
  await Promise.all(world.dealers.map((dealer) => dealer.stop()));
  const ends = await Promise.all(world.slots.map(({ copy }) => copy.stop()));
  if (ends.some((end) => end !== 0)) problems.push(`the copies ended with ${ends.join()}`);
  return problems;
}

async function stateOf(world: FaultWorld, dealer: Dealer): Promise<string> {
  const lanes = (['live', 'bulk'] as const).map((lane) => ({
    lane,
    made: dealer.last(lane),
    receipt: dealer.receipt(lane),
  }));
  const copies = await Promise.all(world.slots.map(({ copy }) => copy.status()));
  return JSON.stringify({ lanes, copies });
}

function pick<Target>(faults: readonly Fault<Target>[], random: () => number): Fault<Target> {
  let at = random() * faults.reduce((sum, fault) => sum + fault.weight, 0);
  for (const fault of faults) {
    at -= fault.weight;
    if (at < 0) return fault;
  }
  return faults[0] as Fault<Target>;
}

function onlyOne(): FaultWorld['frozenOne'] {
  let isTaken = false;
  return async (work) => {
    if (isTaken) return false;
    isTaken = true;
    try {
      return await work();
    } finally {
      isTaken = false;
    }
  };
}

function oneAtATime(): FaultWorld['alone'] {
  let before: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = before.then(work);
    before = mine.catch(() => undefined);
    return mine;
  };
}

function print(
  seed: number,
  counts: ReadonlyMap<string, number>,
  verdicts: readonly BridgeVerdict[],
  hidden: number,
  ms: number,
): void {
  const names = ['killed', ...[...copyFaults, ...worldFaults].map(({ kind }) => kind)];
  const kinds = names.map((kind) => [kind, counts.get(kind) ?? 0]);
  const head = ['dealer', 'events', 'dead letters', 'epochs', 'lost', 'twice', 'reordered', 'other', 'problems'];
  const rows = verdicts.map((one) => [
    one.dealerId,
    one.events,
    one.deadLetters,
    one.epochs,
    one.lost,
    one.duplicated,
    one.reordered,
    one.altered + one.foreign,
    one.problems.length,
  ]);
  process.stdout.write(
    `\nTEST_SEED=${seed}, ${Math.round(ms / 1000)} s\n${tableOf(['fault', 'times'], [...kinds, ['together', total(counts)]])}\n\n${tableOf(head, rows)}\n${hidden} records of aborted transactions, which a read_committed reader never sees\n`,
  );
}
