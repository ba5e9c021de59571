import { shardOf } from '../../sync/bridge/shards.ts';
import { assortment, DEALERS, SKUS } from './assortment.ts';
import { type Backbone, startBackbone } from './backbone.ts';
import { type BridgeCopy, startBridgeCopy } from './bridge-copy.ts';
import { type Centre, openCentre } from './centre.ts';
import { Dealer, type SyncStatus } from './dealer.ts';
import { runDealeriq, startDealeriq } from './dealeriq-process.ts';
import { eventually } from './eventually.ts';
import { type Narrator, seconds } from './narrator.ts';
import type { Processes } from './processes.ts';

/** What the demo's bridge copies share out. */
const SHARDS = 4;

/** Between two orders while things break, in milliseconds: orders have to be under way at the moment. */
const PACE_MS = 120;

/** How long anything may take to come back, in milliseconds. */
const PATIENCE_MS = 60_000;

export interface StoryOptions {
  readonly root: string;
  readonly processes: Processes;
  readonly narrator: Narrator;
  /** Orders of each dealer. */
  readonly orders: number;
}

/** The stage, and what the story came to. */
export interface Story {
  readonly backbone: Backbone;
  readonly centre: Centre;
  readonly dealers: readonly [Dealer, Dealer];
  readonly copies: readonly BridgeCopy[];
  readonly figures: Figures;
}

export interface Figures {
  readonly startMs: number;
  /** From the centre's commit until both boxes could sell. */
  readonly assortmentMs: number;
  /** The most orders that a box kept while it had no link. */
  readonly waitedMost: Readonly<Record<string, number>>;
  /** From the kill of the broker until it answered again. */
  readonly brokerMs: number;
  /** From the moment that every link was there again until Kafka had confirmed everything. */
  readonly catchUpMs: number;
  readonly shippedOrder: { readonly orderNumber: string; readonly timeline: readonly string[] };
}

/** Starts everything, and lets happen what has to leave no trace. @throws {EdgeError} when something does not come about. */
export async function tellStory(options: StoryOptions): Promise<Story> {
  const { narrator } = options;
  const stage = await setUp(options);
  const startMs = narrator.elapsedMs();
  const { backbone, centre, dealers } = stage;
  const [first, second] = dealers;
  const share = Math.floor(options.orders / 4);
  const assortmentMs = await stockUp(centre, dealers, narrator);

  narrator.chapter('Orders, with the link up');
  await Promise.all(dealers.map((dealer) => dealer.placeOrders(share)));
  await untilSafe(dealers);
  narrator.tell(`${placedText(dealers)}; Kafka has confirmed all of them to the boxes`);

  narrator.chapter('No link: orders go on');
  await first.pause();
  await backbone.killNats();
  narrator.tell(`${first.dealerId} is cut off (POST /v1/sync/pause), and nats-server is killed (SIGKILL)`);
  await Promise.all(dealers.map((dealer) => dealer.placeOrders(share)));
  const waited = await Promise.all(
    dealers.map(async (dealer) => [dealer.dealerId, (await dealer.sync()).ordersWaiting]),
  );
  const waitedMost = Object.fromEntries(waited) as Record<string, number>;
  for (const [dealerId, count] of waited) narrator.tell(`${dealerId}: answered 201 as before; ${count} orders waiting`);
  await backbone.startNats();
  narrator.tell(`nats-server is back; ${first.dealerId} stays cut off`);

  narrator.chapter('A bridge copy and the broker are killed while events flow');
  const rest = options.orders - 2 * share;
  const placing = Promise.all(dealers.map((dealer) => dealer.placeOrders(rest, PACE_MS)));
  // Awaited below; it must not be an unhandled rejection before.
  placing.catch(() => undefined);
  const copies = await loseBridgeCopy(stage, options, second);
  const brokerMs = await loseBroker(backbone, narrator);
  await placing;
  narrator.tell(`${placedText(dealers)}, all answered with 201`);

  narrator.chapter('Every link is back');
  const resumedMs = narrator.elapsedMs();
  await first.resume();
  await untilSafe(dealers, narrator);
  const catchUpMs = narrator.elapsedMs() - resumedMs;
  narrator.tell(`caught up in ${seconds(catchUpMs)}: no order waits, and Kafka has confirmed every event to its box`);

  const shippedOrder = await ship(centre, first, narrator);
  const figures = { startMs, assortmentMs, waitedMost, brokerMs, catchUpMs, shippedOrder };
  return { backbone, centre, dealers, copies, figures };
}

interface Stage {
  readonly backbone: Backbone;
  readonly centre: Centre;
  readonly dealers: readonly [Dealer, Dealer];
  readonly copies: readonly BridgeCopy[];
}

async function setUp({ root, processes, narrator }: StoryOptions): Promise<Stage> {
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

async function stockUp(centre: Centre, dealers: readonly Dealer[], narrator: Narrator): Promise<number> {
  narrator.chapter('The centre sends its assortment down');
  const startMs = narrator.elapsedMs();
  const facts = assortment();
  await centre.send(facts);
  narrator.tell(
    `${facts.length} records committed to Kafka: ${dealers.length} dealers, ${SKUS.length} products, ${SKUS.length} prices`,
  );
  await eventually('a box cannot price the assortment', PATIENCE_MS, async () => {
    const priced = await Promise.all(dealers.map((dealer) => dealer.priced()));
    return priced.every((count) => count === SKUS.length) ? true : undefined;
  });
  const tookMs = narrator.elapsedMs() - startMs;
  narrator.tell(`both boxes can sell all ${SKUS.length} products, ${seconds(tookMs)} after the centre began`);
  return tookMs;
}

/** Kills the copy that carries a dealer, and starts another in its place. */
async function loseBridgeCopy(
  { copies, backbone }: Stage,
  { processes, root, narrator }: StoryOptions,
  dealer: Dealer,
): Promise<readonly BridgeCopy[]> {
  const shard = shardOf(dealer.dealerId, SHARDS);
  const before = dealer.confirmed.length;
  const victim = await eventually(`no copy of the bridge runs shard ${shard}`, PATIENCE_MS, async () => {
    for (const copy of copies) if ((await copy.status()).shards.includes(shard)) return copy;
    return undefined;
  });
  // Orders are under way at that moment.
  await eventually(`${dealer.dealerId} places no orders`, PATIENCE_MS, async () =>
    dealer.confirmed.length > before ? true : undefined,
  );
  await processes.kill(victim.name);
  narrator.tell(`${victim.name}, which carried ${dealer.dealerId} (shard ${shard}), is killed (SIGKILL)`);
  const killedMs = narrator.elapsedMs();
  const left = copies.filter((copy) => copy !== victim);
  await untilSharedOut(left);
  for (const one of left)
    narrator.tell(`${await describeCopy(one)}, ${seconds(narrator.elapsedMs() - killedMs)} later`);
  const next = await startBridgeCopy(processes, root, 'bridge-3', peersOf(backbone));
  narrator.tell(`bridge-3 joins at ${next.url}`);
  return [...left, next];
}

async function loseBroker(backbone: Backbone, narrator: Narrator): Promise<number> {
  const startMs = narrator.elapsedMs();
  await backbone.killKafka();
  narrator.tell('the Kafka broker is killed (SIGKILL)');
  await backbone.startKafka();
  const tookMs = narrator.elapsedMs() - startMs;
  narrator.tell(`the broker is back after ${seconds(tookMs)}`);
  return tookMs;
}

/** The centre takes an order on and ships it; the dealer sees it in the order's timeline. */
async function ship(centre: Centre, dealer: Dealer, narrator: Narrator): Promise<Figures['shippedOrder']> {
  narrator.chapter('The centre ships an order');
  const chosen = dealer.confirmed.at(-1);
  const { orderId, orderNumber, lines, totals, currency } = await dealer.order(chosen?.orderId ?? '');
  const now = new Date();
  const date = new Date(now.getTime() + 2 * 86_400_000).toISOString().slice(0, 10);
  const { dealerId } = dealer;
  const service = 'order-service';
  const startMs = narrator.elapsedMs();
  await centre.send([
    {
      ...{ type: 'order.accepted', service, dealerId },
      data: {
        ...{ orderId, centreOrderId: 'SO-4410023', confirmedNetMinor: totals.netMinor, currency },
        ...{ expectedShipDate: date, acceptedAt: now.toISOString() },
      },
    },
    {
      ...{ type: 'shipment.dispatched', service, dealerId },
      data: {
        ...{ shipmentId: 'SH-55120', orderId, carrier: 'DHL Freight', trackingNumber: '00340434161094042557' },
        lines: lines.map(({ lineNumber, sku, quantity }) => ({ lineNumber, sku, quantity })),
        ...{ complete: true, expectedDate: date, dispatchedAt: now.toISOString() },
      },
    },
  ]);
  narrator.tell(`order.accepted and shipment.dispatched for ${orderNumber} are committed to Kafka`);
  const shipped = await eventually(`${orderNumber} is not shown as shipped`, PATIENCE_MS, async () => {
    const order = await dealer.order(orderId);
    return ['accepted', 'shipped'].every((step) => order.timeline.some((one) => one.step === step)) ? order : undefined;
  });
  narrator.tell(`GET /v1/orders/{id} of ${dealerId} shows it ${seconds(narrator.elapsedMs() - startMs)} later:`);
  for (const { step, at, detail } of shipped.timeline) {
    narrator.plain(`            ${step.padEnd(9)} ${at}${detail === undefined ? '' : `  ${detail}`}`);
  }
  return { orderNumber, timeline: shipped.timeline.map(({ step }) => step) };
}

/** Waits until the boxes know that Kafka has everything that they made. */
async function untilSafe(dealers: readonly Dealer[], narrator?: Narrator): Promise<void> {
  let shown = '';
  await eventually('not everything is in Kafka', PATIENCE_MS, async () => {
    const all = await Promise.all(dealers.map((dealer) => dealer.sync()));
    const waiting = all.map(({ dealerId, ordersWaiting }) => `${dealerId} ${ordersWaiting}`).join(', ');
    if (waiting !== shown && narrator !== undefined) narrator.tell(`orders waiting: ${waiting}`);
    shown = waiting;
    return all.every(isSafe) ? true : undefined;
  });
}

function isSafe({ ordersWaiting, outbound }: SyncStatus): boolean {
  return (
    ordersWaiting === 0 &&
    Object.values(outbound).every((lane) => lane.pending === 0 && lane.lastReceiptSequence === lane.lastAckedSequence)
  );
}

/** Waits until the copies together run every shard, each of them once. */
async function untilSharedOut(copies: readonly BridgeCopy[]): Promise<void> {
  await eventually('the copies of the bridge have not shared out their shards', PATIENCE_MS, async () => {
    const states = await Promise.all(copies.map((copy) => copy.status()));
    const shards = states.flatMap((state) => state.shards);
    const isShared = states.every((state) => state.shards.length > 0);
    return isShared && shards.length === SHARDS && new Set(shards).size === SHARDS ? true : undefined;
  });
}

async function describeCopy(copy: BridgeCopy): Promise<string> {
  return `${copy.name} at ${copy.url} runs shards ${(await copy.status()).shards.join(', ')}`;
}

function placedText(dealers: readonly Dealer[]): string {
  return dealers
    .map(({ dealerId, confirmed, repeated }) => `${dealerId}: ${confirmed.length} orders (${repeated} asked for twice)`)
    .join(', ');
}

function peersOf({ natsUrl, brokers, registryUrl }: Backbone): Readonly<Record<string, string>> {
  return { NATS_URL: natsUrl, KAFKA_BROKERS: brokers, SCHEMA_REGISTRY_URL: registryUrl };
}
