import { shardOf } from '../../sync/bridge/shards.ts';
import { assortment, SKUS } from './assortment.ts';
import type { Backbone } from './backbone.ts';
import { type BridgeCopy, startBridgeCopy } from './bridge-copy.ts';
import type { Centre } from './centre.ts';
import type { Dealer, SyncStatus } from './dealer.ts';
import { eventually } from './eventually.ts';
import { type Narrator, seconds } from './narrator.ts';
import {
  describeCopy,
  PATIENCE_MS,
  peersOf,
  SHARDS,
  type Stage,
  type StageOptions,
  setUp,
  untilSharedOut,
} from './stage.ts';

/** Between two orders while things break, in milliseconds: orders have to be under way at the moment. */
const PACE_MOST_MS = 120;

/** For how long many orders are placed while one thing breaks, about, in milliseconds. */
const BREAK_MS = 8_000;

export interface StoryOptions extends StageOptions {
  /** Orders of each dealer. */
  readonly orders: number;
}

/** The stage as it is at the end, and what the story came to. */
export interface Story extends Stage {
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
  /** From the moment that every link was there again until every order was in Kafka. */
  readonly catchUpMs: number;
  /** From the same moment until the boxes knew that Kafka had everything. */
  readonly confirmedMs: number;
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
  if (await untilInKafka(centre, dealers, PATIENCE_MS / 2)) {
    narrator.tell(`all of them are in Kafka, ${seconds(narrator.elapsedMs() - firstMs)} after the first was asked for`);
  }

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
  const isComplete = await untilInKafka(centre, dealers, PATIENCE_MS, narrator);
  const catchUpMs = narrator.elapsedMs() - resumedMs;
  if (isComplete) narrator.tell(`caught up in ${seconds(catchUpMs)}: every order is in Kafka`);
  else narrator.tell(`not every order is in Kafka after ${seconds(catchUpMs)}; what is missing is said at the end`);
  await untilSafe(dealers);
  const confirmedMs = narrator.elapsedMs() - resumedMs;
  narrator.tell(
    `after ${seconds(confirmedMs)} both boxes have Kafka's receipt for every event, which they ask for every 5 s`,
  );

  const shippedOrder = await ship(centre, first, narrator);
  // The box answers a shipment with events of its own.
  await untilSafe(dealers);
  const figures = { startMs, assortmentMs, waitedMost, brokerMs, catchUpMs, confirmedMs, shippedOrder };
  return { backbone, centre, dealers, copies, figures };
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

/**
 * Waits until as many orders are committed to Kafka as were confirmed, and tells whether they are in time. Which ones
 * they are, and how often each, is read back at the end.
 */
async function untilInKafka(
  centre: Centre,
  dealers: readonly Dealer[],
  timeoutMs: number,
  narrator?: Narrator,
): Promise<boolean> {
  const placed = sumOf(dealers.map(({ confirmed }) => confirmed.length));
  let shown = '';
  try {
    return await eventually('not every order is in Kafka', timeoutMs, async () => {
      const states = await Promise.all(dealers.map((dealer) => dealer.sync()));
      const waiting = states.map(({ dealerId, ordersWaiting }) => `${dealerId} ${ordersWaiting}`).join(', ');
      const arrived = await centre.ordersInKafka();
      const line = `orders waiting for the hub: ${waiting}; in Kafka: ${arrived} of ${placed}`;
      if (line !== shown) narrator?.tell(line);
      shown = line;
      return arrived >= placed ? true : undefined;
    });
  } catch {
    // A lost order is shown by the table at the end, where it has a name.
    return false;
  }
}

/** Waits until the boxes know that Kafka has everything that they made. */
async function untilSafe(dealers: readonly Dealer[]): Promise<void> {
  await eventually('a box has no receipt for all of its events', PATIENCE_MS, async () => {
    const states = await Promise.all(dealers.map((dealer) => dealer.sync()));
    return states.every((one) => one.ordersWaiting === 0 && unconfirmed(one) === 0) ? true : undefined;
  });
}

/** Events that a box has made, and of which it does not know that Kafka has them. */
function unconfirmed({ outbound }: SyncStatus): number {
  return sumOf(Object.values(outbound).map((lane) => lane.pending + lane.lastAckedSequence - lane.lastReceiptSequence));
}

function sumOf(numbers: readonly number[]): number {
  return numbers.reduce((sum, one) => sum + one, 0);
}

function placedText(dealers: readonly Dealer[]): string {
  return dealers
    .map(({ dealerId, confirmed, repeated }) => `${dealerId}: ${confirmed.length} orders (${repeated} asked for twice)`)
    .join(', ');
}
