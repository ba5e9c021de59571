import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';
import { describe, expect, it } from 'vitest';
import { order } from '../../src/domain/order/order.ts';
import { priceInForce, priceLine, shareOf } from '../../src/domain/pricing/pricing.ts';
import { checkQuantity } from '../../src/domain/pricing/quantity-rules.ts';
import { definitionOf, type EventData, type EventType } from '../../src/events/catalog.ts';
import { type DemoEvent, demoEvents } from './demo-data.ts';

const nowMs = Date.parse('2026-11-02T09:30:00.000Z');
const DAY_MS = 86_400_000;

const startedMs = performance.now();
const events = [...demoEvents({ nowMs })];
const tookMs = performance.now() - startedMs;

function dataOf<Type extends EventType>(type: Type, from: readonly DemoEvent[] = events): EventData<Type>[] {
  return from.filter((event) => event.fact.type === type).map((event) => event.fact.data as EventData<Type>);
}

const digest = (list: readonly DemoEvent[]) => bytesToHex(sha256(utf8ToBytes(JSON.stringify(list))));
const orders = dataOf('order.placed');
const products = new Map(dataOf('product.updated').map((product) => [product.sku, product]));

describe('demo events', () => {
  it('are the same for a seed, and others for another', () => {
    const again = digest([...demoEvents({ nowMs, seed: 42 })]);
    expect(again).toBe(digest(events));
    expect(digest([...demoEvents({ nowMs, seed: 43 })])).not.toBe(again);
  });

  it('come quickly', () => {
    // Two seconds on a quiet machine; a shared one gets some slack.
    expect(tookMs).toBeLessThan(process.env.CI === 'true' ? 6_000 : 4_000);
  });

  it('all fit their schema', () => {
    const problems: string[] = [];
    for (const { fact } of events) {
      const result = definitionOf(fact.type)?.schema.safeParse(fact.data);
      if (result?.success !== true) problems.push(`${fact.type}: ${result?.error?.message ?? 'unknown type'}`);
    }
    expect(problems.slice(0, 5)).toEqual([]);
  });

  it('ascend in time, up to now, with unique UUIDv7 ids of the centre', () => {
    let last = '';
    for (const { time, id, source } of events) {
      expect(time >= last).toBe(true);
      last = time;
      if (source !== 'urn:dealeriq:centre:demo') throw new Error(source);
      if (!/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id)) throw new Error(id);
      if (Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16) !== Date.parse(time)) throw new Error(id);
    }
    expect(Date.parse(last)).toBeLessThan(nowMs);
    expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
  });

  it('have the promised size', () => {
    expect(dataOf('dealer.created').map(({ dealerId }) => dealerId)).toEqual(['D042', 'D017', 'D108']);
    expect(products.size).toBeGreaterThanOrEqual(1_200);
    expect(orders.length).toBeGreaterThanOrEqual(4_000);
    expect(orders.length).toBeLessThanOrEqual(5_500);
    expect(dataOf('inventory.changed').length).toBeLessThanOrEqual(40_000);
    const span = Date.parse(orders.at(-1)?.placedAt ?? '') - Date.parse(orders[0]?.placedAt ?? '');
    expect(span / DAY_MS).toBeGreaterThan(17.5 * 30.4);
    const promotions = dataOf('promotion.activated');
    expect(promotions.length).toBeGreaterThanOrEqual(6);
    expect(promotions.length).toBeLessThanOrEqual(8);
    const at = new Date(nowMs).toISOString();
    expect(promotions.some(({ activeTo }) => activeTo < at)).toBe(true);
    expect(promotions.some(({ activeFrom, activeTo }) => activeFrom < at && activeTo > at)).toBe(true);
    expect(promotions.some(({ activeFrom }) => activeFrom > at)).toBe(true);
  });

  it('serve another dealer, at another time of the year', () => {
    const other = [...demoEvents({ nowMs: Date.parse('2027-03-07T03:00:00.000Z'), dealerId: 'D108', seed: 7 })];
    expect(dataOf('dealer.created', other)[0]?.dealerId).toBe('D108');
    const placed = dataOf('order.placed', other);
    expect(placed.every(({ dealerId, totals }) => dealerId === 'D108' && totals.taxRateBasisPoints === 2000)).toBe(
      true,
    );
    expect(placed.length).toBeGreaterThan(4_000);
    expect(dataOf('promotion.activated', other).length).toBeGreaterThanOrEqual(6);
  });
});

describe('demo products', () => {
  it('have GTINs that are unique and right, and three levels of category', () => {
    const gtins = new Set<string>();
    for (const { gtin = '', category } of products.values()) {
      gtins.add(gtin);
      const sum = [...gtin].reduce((total, digit, index) => total + Number(digit) * (index % 2 === 0 ? 1 : 3), 0);
      expect(gtin).toMatch(/^\d{13}$/);
      expect(sum % 10).toBe(0);
      expect(category).toHaveLength(3);
    }
    expect(gtins.size).toBe(products.size);
    expect(products.get('HYD-2210-08')?.name).toBe('Hydraulic hose 2SN DN 08, 2210 mm');
    expect(products.has('FIL-0412-A') && products.has('BRG-6204-2RS')).toBe(true);
    const names = [...products.values()].filter(({ status }) => status === 'active').map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it('are replaced in both directions', () => {
    const gone = [...products.values()].filter(({ status }) => status === 'discontinued');
    expect(gone.length / products.size).toBeGreaterThan(0.02);
    expect(gone.length / products.size).toBeLessThan(0.05);
    for (const { sku, supersededBy = '' } of gone) expect(products.get(supersededBy)?.supersedes).toEqual([sku]);
  });

  it('have a price in force each, some with tiers, some announced, all reviewed', () => {
    const prices = Map.groupBy(dataOf('price.changed'), ({ sku }) => sku);
    const at = new Date(nowMs).toISOString();
    let tiered = 0;
    for (const [sku, product] of products) {
      const list = prices.get(sku) ?? [];
      const price = priceInForce(list, 'EU-2026', at);
      expect(price?.unit).toBe(product.unit);
      expect(price?.listUnitPriceMinor).toBeGreaterThan(0);
      if ((price?.tiers.length ?? 0) > 0) tiered++;
      expect(list.map(({ version }) => version).sort((a, b) => a - b)).toEqual(list.map((_price, index) => index + 1));
    }
    expect(tiered / products.size).toBeGreaterThan(0.2);
    expect(dataOf('price.changed').some(({ effectiveFrom }) => effectiveFrom > at)).toBe(true);
    expect(dataOf('price.changed').filter(({ reason }) => reason === 'annual review').length).toBeGreaterThan(1_200);
  });
});

describe('demo orders', () => {
  it('are priced by the price and the promotions known at the time, and add up', () => {
    const known = new Map<string, EventData<'price.changed'>[]>();
    const listed = new Map<string, EventData<'product.updated'>>();
    const promotions: EventData<'promotion.activated'>[] = [];
    for (const { fact } of events) {
      if (fact.type === 'price.changed') known.set(fact.data.sku, [...(known.get(fact.data.sku) ?? []), fact.data]);
      if (fact.type === 'product.updated') listed.set(fact.data.sku, fact.data);
      if (fact.type === 'promotion.activated') promotions.push(fact.data);
      if (fact.type !== 'order.placed') continue;
      const { lines, totals, placedAt } = fact.data;
      for (const line of lines) {
        const product = listed.get(line.sku);
        if (product?.status !== 'active') throw new Error(`${line.sku} is not on sale at ${placedAt}`);
        expect(checkQuantity(product.quantityRules, line.quantity)).toBeUndefined();
        const price = priceInForce(known.get(line.sku) ?? [], 'EU-2026', placedAt);
        if (price === undefined) throw new Error(`${line.sku} has no price at ${placedAt}`);
        const target = { sku: line.sku, category: product.category, quantity: line.quantity };
        const { netMinor, discountMinor, ...linePrice } = priceLine(price, promotions, target, placedAt);
        expect([line.price, line.netMinor, line.discountMinor]).toEqual([linePrice, netMinor, discountMinor]);
        expect(line.reserved + line.backordered).toBe(line.quantity);
      }
      const net = lines.reduce((sum, line) => sum + line.netMinor, 0);
      expect(totals.netMinor).toBe(net);
      expect(totals.taxMinor).toBe(shareOf(net, 1900));
      expect(totals.grossMinor).toBe(net + totals.taxMinor);
    }
    const allLines = orders.flatMap(({ lines }) => lines);
    expect(allLines.some(({ price }) => price.promotionId !== undefined)).toBe(true);
    expect(allLines.some(({ price }) => price.tierMinimum !== undefined)).toBe(true);
  });

  it('are numbered in order and go through states that the order allows', () => {
    expect(orders.map(({ orderNumber }) => orderNumber)).toEqual(
      orders.map((_order, index) => `D042-B0-H-${String(index + 1).padStart(6, '0')}`),
    );
    const states = new Map<string, typeof order.initial>();
    const statuses = new Set<string>();
    for (const { fact } of events) {
      if (!/^(order|payment|shipment)\./.test(fact.type)) continue;
      const event = fact as Parameters<typeof order.evolve>[1];
      const { orderId } = event.data;
      const before = states.get(orderId) ?? order.initial;
      if (event.type === 'order.placed') order.decide(before, { kind: 'place', order: event.data });
      if (event.type === 'order.accepted') order.decide(before, { kind: 'accept', acceptance: event.data });
      if (event.type === 'order.rejected') order.decide(before, { kind: 'reject', rejection: event.data });
      if (event.type === 'payment.authorized') order.decide(before, { kind: 'pay', payment: event.data });
      if (event.type === 'shipment.dispatched') order.decide(before, { kind: 'ship', shipment: event.data });
      if (event.type === 'order.cancelled') order.decide(before, { kind: 'cancel', cancellation: event.data });
      states.set(orderId, order.evolve(before, event));
    }
    for (const { milestones } of states.values()) statuses.add(Object.keys(milestones).join());
    for (const path of ['', 'acceptedAt', 'acceptedAt,paidAt', 'acceptedAt,paidAt,shippedAt', 'rejectedAt']) {
      expect(statuses).toContain(path);
    }
  });
});

describe('demo stock', () => {
  it('is never negative, counts its versions and matches what open orders hold', () => {
    const versions = new Map<string, number>();
    const last = new Map<string, EventData<'inventory.changed'>>();
    for (const data of dataOf('inventory.changed')) {
      expect(data.available).toBe(data.onHand - data.reserved);
      expect(Math.min(data.onHand, data.reserved, data.available, data.backordered)).toBeGreaterThanOrEqual(0);
      expect(data.version).toBe((versions.get(data.sku) ?? 0) + 1);
      versions.set(data.sku, data.version);
      expect(data.occurredAt >= (last.get(data.sku)?.occurredAt ?? '')).toBe(true);
      last.set(data.sku, data);
    }
    const held = new Map<string, number>();
    const over = new Set(
      [...dataOf('shipment.dispatched'), ...dataOf('order.cancelled'), ...dataOf('order.rejected')].map(
        ({ orderId }) => orderId,
      ),
    );
    for (const { orderId, lines } of orders) {
      if (over.has(orderId)) continue;
      for (const line of lines) held.set(line.sku, (held.get(line.sku) ?? 0) + line.quantity);
    }
    expect(held.size).toBeGreaterThan(10);
    for (const [sku, data] of last) expect(data.reserved + data.backordered).toBe(held.get(sku) ?? 0);
    const levels = [...last.values()];
    const out = levels.filter(({ available }) => available === 0).length / levels.length;
    expect(out).toBeGreaterThan(0.02);
    expect(out).toBeLessThan(0.25);
  });
});

describe('demo demand', () => {
  it('is intermittent for many parts and seasonal for some', () => {
    const months = new Map<string, Set<string>>();
    const byMonth = new Map<string, number>();
    for (const { placedAt, lines } of orders) {
      const month = placedAt.slice(0, 7);
      for (const { sku } of lines) {
        months.set(sku, (months.get(sku) ?? new Set()).add(month));
        if (products.get(sku)?.category[1] === 'V-belts') byMonth.set(month, (byMonth.get(month) ?? 0) + 1);
      }
    }
    // Syntetos and Boylan's border between smooth and intermittent: an average demand interval of 1.32 periods.
    const intervals = [...months.values()].map((seen) => 18 / seen.size);
    const intermittent = intervals.filter((interval) => interval > 1.32).length / intervals.length;
    expect(intermittent).toBeGreaterThan(0.5);
    expect(intermittent).toBeLessThan(0.97);
    expect(intervals.filter((interval) => interval <= 1.32).length).toBeGreaterThan(60);
    const whole = [...byMonth.entries()]
      .sort()
      .slice(1, -1)
      .map(([, count]) => count);
    expect(Math.max(...whole) / Math.min(...whole)).toBeGreaterThan(2);
  });
});
