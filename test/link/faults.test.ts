import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { type Centre, prepareHub, startCentre } from '../support/link-centre.ts';
import { type Fault, hubFaults, pick, siteFaults, type World } from '../support/link-faults.ts';
import { isClean, tableOf } from '../support/link-oracle.ts';
import { judge, lastDown, openSite, type Site, type SiteVerdict } from '../support/link-site.ts';
import { natsOrSkip, startNatsServer } from '../support/nats-server.ts';
import { chooseSeed, seededRandom } from '../support/seeded-random.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const FAULTS = Number(process.env.LINK_FAULTS ?? (process.env.CI === 'true' ? 300 : 40));
const DEALERS = ['D001', 'D002', 'D003'];
/** Faults of one round; after each the oracle looks at everything. */
const ROUND = 150;

const binary = await natsOrSkip();

test.skipIf(binary === undefined)(
  `nothing is lost, repeated or reordered over ${FAULTS} faults of boxes, links and the hub`,
  { timeout: 60_000 + FAULTS * 5_000 },
  async () => {
    const seed = chooseSeed();
    const counts = new Map<string, number>();
    const verdicts: SiteVerdict[] = [];
    try {
      for (let done = 0; done < FAULTS; done += ROUND) {
        verdicts.push(...(await runRound(Math.min(ROUND, FAULTS - done), seed + done, counts)));
      }
    } catch (error) {
      throw new Error(`TEST_SEED=${seed}: ${error instanceof Error ? error.message : error}`, { cause: error });
    }
    print(seed, counts, verdicts);
    const broken = verdicts.filter((one) => !isClean(one) || one.problems.length > 0);
    expect(broken, `TEST_SEED=${seed}`).toEqual([]);
    expect([...counts.values()].reduce((sum, one) => sum + one, 0)).toBeGreaterThanOrEqual(FAULTS);
  },
);

async function runRound(faults: number, seed: number, counts: Map<string, number>): Promise<SiteVerdict[]> {
  const folder = temporaryFolder();
  const server = await startNatsServer({ extra: 'write_deadline: "1s"\nmax_pending: 1048576' });
  const centre = startCentre(server.url, DEALERS, seededRandom(seed));
  await centre.admin((nc) => prepareHub(nc, DEALERS));
  const sites = await Promise.all(DEALERS.map((dealerId) => openSite(folder.path, dealerId, server.port)));
  const world: World = { server, centre, dealerIds: DEALERS, root: folder.path, hubContent: oneAtATime() };
  try {
    let left = faults;
    const stress = async <Target>(target: Target, kinds: readonly Fault<Target>[], random: () => number) => {
      while (left > 0) {
        const fault = pick(kinds, random);
        left -= 1;
        if ((await fault.run(target, world, random)) === true)
          counts.set(fault.kind, (counts.get(fault.kind) ?? 0) + 1);
        else left += 1;
        await setTimeout(random() * 250);
      }
    };
    await Promise.all([
      ...sites.map((site, index) => stress(site, siteFaults, seededRandom(seed + 1 + index))),
      stress(server, hubFaults, seededRandom(seed + 1_000)),
    ]);
    await centre.finish();
    await Promise.all(sites.map((site) => settle(site, centre)));
    return await Promise.all(sites.map((site) => judge(site, centre)));
  } finally {
    for (const site of sites) await site.dispose();
    await server.dispose();
    folder.remove();
  }
}

/** Lets the box send and receive everything, then ends it. */
async function settle(site: Site, centre: Centre): Promise<void> {
  site.process.tell('quiet');
  site.process.tell('nudge');
  const down = await lastDown(centre, site.dealerId);
  let last = '';
  for (let round = 0; round < 600; round += 1) {
    const status = await site.process.status();
    if (status.pending === 0 && status.applied >= down && status.state === 'online') {
      await site.process.stop();
      return;
    }
    last = `${JSON.stringify(status)}; the down stream is at ${down}`;
    await setTimeout(50);
  }
  throw new Error(`${site.dealerId} did not come to rest: ${last}`);
}

function oneAtATime(): World['hubContent'] {
  let before: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = before.then(work);
    before = mine.catch(() => undefined);
    return mine;
  };
}

function print(seed: number, counts: ReadonlyMap<string, number>, verdicts: readonly SiteVerdict[]): void {
  const kinds = [...siteFaults, ...hubFaults].map(({ kind }) => [kind, counts.get(kind) ?? 0]);
  const total = [...counts.values()].reduce((sum, one) => sum + one, 0);
  const rows = verdicts.map((one) => [
    one.dealerId,
    one.events,
    one.lost,
    one.duplicated,
    one.reordered,
    one.altered + one.foreign,
    one.confirmed,
    one.lostWithDisk,
    one.epochs,
    one.received,
    one.poison,
    one.problems.length,
  ]);
  const head = [
    'dealer',
    'up',
    'lost',
    'twice',
    'reordered',
    'other',
    'confirmed',
    'with disk',
    'epochs',
    'down',
    'poison',
    'problems',
  ];
  process.stdout.write(
    `\nTEST_SEED=${seed}\n${tableOf(['fault', 'times'], [...kinds, ['together', total]])}\n\n${tableOf(head, rows)}\n`,
  );
}
