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
const PACE_MOST_MS = 120;

/** For how long many orders are placed while one thing breaks, about, in milliseconds. */
const BREAK_MS = 8_000;

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
  const firstMs = narrator.elapsedMs();
  await Promise.all(dealers.map((dealer) => dealer.placeOrders(share)));
  narrator.tell(placedText(dealers));
  await untilSafe(dealers);
  narrator.tell(
    `Kafka has confirmed all of them to the boxes, ${seconds(narrator.elapsedMs() - firstMs)} after the first`,
  );

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
  const rest = options.orders - 3 * share;
  const copies = await whileOrdering(dealers, share, second, () => loseBridgeCopy(stage, options, second.dealerId));
  const brokerMs = await whileOrdering(dealers, rest, second, () => loseBroker(backbone, narrator));
  narrator.tell(`${placedText(dealers)}, all answered with 201`);

  narrator.chapter('Every link is back');
  const resumedMs = narrator.elapsedMs();
  await first.resume();
  await untilSafe(dealers, narrator);
  const catchUpMs = narrator.elapsedMs() - resumedMs;
  narrator.tell(`caught up in ${seconds(catchUpMs)}: no order waits, and Kafka has confirmed every event to its box`);

  const shippedOrder = await ship(centre, first, narrator);
  // The box answers a shipment with events of its own.
  await untilSafe(dealers);
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

/** Does something while the dealers place orders, of which `watched`, who has a link, has placed one by then. */
async function whileOrdering<Result>(
  dealers: readonly Dealer[],
  count: number,
  watched: Dealer,
  act: () => Promise<Result>,
): Promise<Result> {
  const before = watched.confirmed.length;
  const paceMs = Math.min(PACE_MOST_MS, BREAK_MS / count);
  const placing = Promise.all(dealers.map((dealer) => dealer.placeOrders(count, paceMs)));
  // Awaited below; it must not be an unhandled rejection before.
  placing.catch(() => undefined);
  await eventually(`${watched.dealerId} places no orders`, PATIENCE_MS, async () =>
    watched.confirmed.length > before ? true : undefined,
  );
  const result = await act();
  await placing;
  return result;
}

/** Kills the copy that carries a dealer, and starts another in its place. */
async function loseBridgeCopy(
  { copies, backbone }: Stage,
  { processes, root, narrator }: StoryOptions,
  dealerId: string,
): Promise<readonly BridgeCopy[]> {
  const shard = shardOf(dealerId, SHARDS);
  const victim = await eventually(`no copy of the bridge runs shard ${shard}`, PATIENCE_MS, async () => {
    for (const copy of copies) if ((await copy.status()).shards.includes(shard)) return copy;
    return undefined;
  });
  await processes.kill(victim.name);
  narrator.tell(`${victim.name}, which carried ${dealerId} (shard ${shard}), is killed (SIGKILL)`);
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
  const { dealerId } = dealer;
  const service = 'order-service';
  const day = new Date(Date.now() + 2 * 86_400_000).toISOString().slice(0, 10);
  const shown = (step: string) =>
    eventually(`${orderNumber} is not shown as ${step}`, PATIENCE_MS, async () => {
      const order = await dealer.order(orderId);
      return order.timeline.some((one) => one.step === step) ? order : undefined;
    });
  await centre.send([
    {
      ...{ type: 'order.accepted', service, dealerId },
      data: {
        ...{ orderId, centreOrderId: 'SO-4410023', confirmedNetMinor: totals.netMinor, currency },
        ...{ expectedShipDate: day, acceptedAt: new Date().toISOString() },
      },
    },
  ]);
  await shown('accepted');
  const startMs = narrator.elapsedMs();
  await centre.send([
    {
      ...{ type: 'shipment.dispatched', service, dealerId },
      data: {
        ...{ shipmentId: 'SH-55120', orderId, carrier: 'DHL Freight', trackingNumber: '00340434161094042557' },
        lines: lines.map(({ lineNumber, sku, quantity }) => ({ lineNumber, sku, quantity })),
        ...{ complete: true, expectedDate: day, dispatchedAt: new Date().toISOString() },
      },
    },
  ]);
  narrator.tell(`order.accepted and shipment.dispatched for ${orderNumber} are in Kafka`);
  const shipped = await shown('shipped');
  narrator.tell(
    `GET /v1/orders/{id} of ${dealerId} shows the shipment ${seconds(narrator.elapsedMs() - startMs)} after the centre began:`,
  );
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
    const line = `orders waiting: ${waiting}; events that Kafka has not confirmed: ${sumOf(all.map(unconfirmed))}`;
    if (line !== shown && narrator !== undefined) narrator.tell(line);
    shown = line;
    return all.every((one) => one.ordersWaiting === 0 && unconfirmed(one) === 0) ? true : undefined;
  });
}

/** Events that a box has made, and of which it does not know that Kafka has them. */
function unconfirmed({ outbound }: SyncStatus): number {
  return sumOf(Object.values(outbound).map((lane) => lane.pending + lane.lastAckedSequence - lane.lastReceiptSequence));
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, one) => sum + one, 0);
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
