import { DEALERS } from './assortment.ts';
import { type Backbone, startBackbone } from './backbone.ts';
import { type BridgeCopy, startBridgeCopy } from './bridge-copy.ts';
import { type Centre, openCentre } from './centre.ts';
import { Dealer } from './dealer.ts';
import { runDealeriq, startDealeriq } from './dealeriq-process.ts';
import { eventually } from './eventually.ts';
import type { Narrator } from './narrator.ts';
import type { Processes } from './processes.ts';

/** What the demo's bridge copies share out. */
export const SHARDS = 4;

/** How long anything may take to come back, in milliseconds. */
export const PATIENCE_MS = 60_000;

/** Where the demo runs, and who is told. */
export interface StageOptions {
  readonly root: string;
  readonly processes: Processes;
  readonly narrator: Narrator;
}

/** Everything that runs before the first event. */
export interface Stage {
  readonly backbone: Backbone;
  readonly centre: Centre;
  readonly dealers: readonly [Dealer, Dealer];
  readonly copies: readonly BridgeCopy[];
}

/** Starts the servers, makes what they have to hold, and starts the boxes and two copies of the bridge. */
export async function setUp({ root, processes, narrator }: StageOptions): Promise<Stage> {
  narrator.chapter('Start');
  const backbone = await startBackbone(root, processes, (line) => narrator.tell(line));
  const { versions } = backbone;
  narrator.tell(`nats-server ${versions.nats}       ${backbone.natsUrl}`);
  narrator.tell(`Apache Kafka ${versions.kafka}       ${backbone.brokers}`);
  narrator.tell(`Apicurio Registry ${versions.registry}  ${backbone.registryUrl}`);

  const settings = peersOf(backbone);
  const ids = Object.keys(DEALERS);
  const options = ['--dealers', ids.join(','), '--shards', String(SHARDS)];
  const applied = (await runDealeriq(root, ['topics', 'apply', ...options], settings)) as {
    done: unknown[];
    topics: unknown[];
    subjects: unknown[];
  };
  narrator.tell(
    `dealeriq topics apply: ${applied.done.length} streams and consumers, ${applied.topics.length} topics, ${applied.subjects.length} schemas`,
  );

  const box = async (dealerId: string) => {
    const own = { NATS_URL: backbone.natsUrl, DEALER_ID: dealerId, PORT: '0' };
    return new Dealer(
      dealerId,
      await startDealeriq(processes, { name: `box-${dealerId}`, root, args: ['start'], settings: own }),
    );
  };
  const copy = (name: string) => startBridgeCopy(processes, root, name, settings);
  const [centre, first, second, ...copies] = await Promise.all([
    openCentre(backbone.brokers, backbone.registryUrl),
    box('D042'),
    box('D017'),
    copy('bridge-1'),
    copy('bridge-2'),
  ]);
  for (const { dealerId, url } of [first, second]) narrator.tell(`box of ${dealerId}           ${url}`);
  await untilSharedOut(copies);
  for (const one of copies) narrator.tell(await describeCopy(one));
  return { backbone, centre, dealers: [first, second], copies };
}

/** Waits until the copies together run every shard, each of them once. */
export async function untilSharedOut(copies: readonly BridgeCopy[]): Promise<void> {
  await eventually('the copies of the bridge have not shared out their shards', PATIENCE_MS, async () => {
    const states = await Promise.all(copies.map((copy) => copy.status()));
    const shards = states.flatMap((state) => state.shards);
    const isShared = states.every((state) => state.shards.length > 0);
    return isShared && shards.length === SHARDS && new Set(shards).size === SHARDS ? true : undefined;
  });
}

/** A copy and its shards, in words. */
export async function describeCopy(copy: BridgeCopy): Promise<string> {
  return `${copy.name} at ${copy.url} runs shards ${(await copy.status()).shards.join(', ')}`;
}

/** The settings by which a process finds the servers. */
export function peersOf({ natsUrl, brokers, registryUrl }: Backbone): Readonly<Record<string, string>> {
  return { NATS_URL: natsUrl, KAFKA_BROKERS: brokers, SCHEMA_REGISTRY_URL: registryUrl };
}
