import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { orderStatus } from '../../src/domain/order/order.ts';
import { type Milestones, statusOf } from '../../src/domain/order/status.ts';
import { projections } from '../../src/projections/list.ts';
import { projectionStatements } from '../../src/projections/projection.ts';
import { entities } from '../../src/runtime/entities.ts';
import { codeOf } from '../support/code-of.ts';
import { digestsOf, type EdgeBox, openShop } from '../support/edge-box.ts';
import { count, dealer, payload, price, product, promotion } from '../support/facts.ts';

const sku = fc.constantFrom('HOSE', 'BELT', 'NEW');
const number = fc.nat(4);

/** One thing that happens to a box; milestones name orders that may not be there yet. */
const happening = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({ do: fc.constant('place' as const), sku, quantity: fc.integer({ min: 1, max: 6 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('cancel' as const), which: number }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('move' as const), sku, quantity: fc.integer({ min: -4, max: 9 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('support' as const), which: number }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('milestone' as const),
      type: fc.constantFrom(
        'order.accepted' as const,
        'order.rejected' as const,
        'order.cancelled' as const,
        'payment.authorized' as const,
        'payment.declined' as const,
        'shipment.dispatched' as const,
      ),
      which: number,
      early: fc.boolean(),
      deliveries: fc.integer({ min: 1, max: 2 }),
      history: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('earlier-order' as const), which: number }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('master-data' as const),
      what: fc.constantFrom('product', 'price', 'promotion', 'count', 'dealer-created', 'dealer-updated'),
      sku,
      version: fc.integer({ min: 1, max: 3 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('newer' as const), sku }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('older-feedback' as const), which: number }) },
);
type Happening = typeof happening extends fc.Arbitrary<infer T> ? T : never;

async function happen(box: EdgeBox, one: Happening, index: number): Promise<void> {
  const placed = async (which: number) => {
    const rows = await box.rows('SELECT order_id FROM orders ORDER BY position LIMIT 1 OFFSET ?', which);
    return rows[0] === undefined ? `early-${which}` : String(rows[0].order_id);
  };
  switch (one.do) {
    case 'place':
      await codeOf(box.runtime.execute('place-order', { lines: [{ sku: one.sku, quantity: one.quantity }] }));
      return;
    case 'cancel':
      await codeOf(box.runtime.execute('cancel-order', { orderId: await placed(one.which), reason: 'x' }));
      return;
    case 'move':
      await codeOf(box.runtime.execute('move-stock', { sku: one.sku, kind: 'adjust', quantity: one.quantity }));
      return;
    case 'support': {
      const { ticketId: _t, createdAt: _c, ...ticket } = payload('ticket.created', { title: `T${one.which}` });
      const { feedbackId: _f, createdAt: _d, ...feedback } = payload('feedback.submitted');
      await Promise.all([
        box.runtime.execute('create-ticket', ticket),
        box.runtime.execute('submit-feedback', feedback),
      ]);
      return;
    }
    case 'milestone': {
      const orderId = one.early ? `early-${one.which}` : await placed(one.which);
      const attributes = { time: new Date(1_790_000_000_000 + index * 1000).toISOString() };
      const more = { id: `m-${index}`, history: one.history, attributes };
      for (let delivery = 0; delivery < one.deliveries; delivery += 1) {
        await box.receive(one.type, payload(one.type, { orderId }), more);
      }
      return;
    }
    case 'earlier-order': {
      const orderId = `early-${one.which}`;
      const order = payload('order.placed', { orderId, orderNumber: `D042-B9-A-${index}` });
      await box.receive('order.placed', order, { history: true });
      return;
    }
    case 'master-data':
      switch (one.what) {
        case 'product':
          await box.receive('product.updated', product(one.sku, { name: `N${index}`, version: one.version }));
          return;
        case 'price':
          await box.receive('price.changed', price(one.sku, 100 + index, { version: one.version }));
          return;
        case 'promotion':
          await box.receive('promotion.activated', promotion(`P${one.version}`, { discountBasisPoints: index * 10 }));
          return;
        case 'count':
          await box.receive('inventory.changed', count(one.sku, index % 7));
          return;
        case 'dealer-created':
          await box.receive('dealer.created', dealer({ name: `D${index}` }));
          return;
        default:
          await box.receive('dealer.updated', dealer({ name: `D${index}`, version: one.version }));
          return;
      }
    case 'newer': {
      const attributes = { dataschema: 'urn:dealeriq:schema:product.updated:9', subject: one.sku };
      await box.receive('product.updated', product(one.sku, { name: 'from the future' }), { attributes });
      return;
    }
    case 'older-feedback': {
      const old = { feedbackId: `F-${one.which}`, productSku: 'HOSE', stars: 2, createdAt: '2026-04-02T11:25:00.000Z' };
      const attributes = { dataschema: 'urn:dealeriq:schema:feedback.submitted:1' };
      await box.receive('feedback.submitted', old as never, { source: 'urn:dealeriq:dealer:D042:B1', attributes });
    }
  }
}

/** Empties the read models and derives them from the log in pieces that are cut where the test says. */
async function rebuildInPieces(box: EdgeBox, cuts: readonly number[]): Promise<void> {
  const head = box.runtime.head();
  const types = new Set((await box.rows('SELECT DISTINCT type FROM events')).map((row) => String(row.type)));
  const bounds = [...new Set([0, ...cuts.map((cut) => Math.round(cut * head)), head])].sort((a, b) => a - b);
  await box.store.batch(projections.flatMap(({ tables }) => tables.map((table) => ({ sql: `DELETE FROM ${table}` }))));
  for (const [index, after] of bounds.slice(0, -1).entries()) {
    // As a live commit does: only the steps whose types the piece has.
    const rows = await box.rows(
      'SELECT DISTINCT type FROM events WHERE position > ? AND position <= ?',
      after,
      bounds[index + 1] ?? head,
    );
    const here = new Set(rows.map((row) => String(row.type)).filter((type) => types.has(type)));
    await box.store.batch(projectionStatements(projections, here, after, bounds[index + 1] ?? head));
  }
}

/** The read model's status of each order is the one that its decider sees. */
async function expectStatusesAgree(box: EdgeBox): Promise<void> {
  const rows =
    await box.rows(`SELECT order_id, accepted_at AS acceptedAt, rejected_at AS rejectedAt, cancelled_at AS cancelledAt,
    paid_at AS paidAt, declined_at AS declinedAt, shipped_at AS shippedAt FROM orders`);
  const states = await entities.order.load(
    box.store,
    rows.map((row) => String(row.order_id)),
  );
  for (const { order_id: orderId, ...milestones } of rows) {
    const reached = Object.fromEntries(Object.entries(milestones).filter(([, at]) => at !== null)) as Milestones;
    expect([orderId, statusOf(reached)]).toEqual([
      orderId,
      orderStatus(states.get(String(orderId)) ?? entities.order.absent),
    ]);
  }
}

describe('read models', () => {
  test('are the same bytes live, rebuilt in one go, and rebuilt in any pieces', async () => {
    let rows = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.array(happening, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 14, size: 'max' }),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 6 }),
        async (groups, cuts) => {
          const box = await openShop({ HOSE: 8, BELT: 3 });
          try {
            for (const [turn, group] of groups.entries()) {
              // What is in one group comes at once, so that it shares commits.
              await Promise.all(group.map((one, index) => happen(box, one, turn * 10 + index)));
            }
            const live = await digestsOf(box.store);
            await rebuildInPieces(box, cuts);
            expect(await digestsOf(box.store)).toEqual(live);
            await box.runtime.rebuild();
            expect(await digestsOf(box.store)).toEqual(live);
            await expectStatusesAgree(box);
            rows += Object.values(live).reduce((sum, { rows: n }) => sum + n, 0);
          } finally {
            await box.dispose();
          }
        },
      ),
      { numRuns: 40 },
    );
    expect(rows).toBeGreaterThan(40 * 8);
  }, 60_000);

  test('are rebuilt at the start when they were written by another version', async () => {
    const box = await openShop({ HOSE: 8 });
    await box.runtime.execute('place-order', { lines: [{ sku: 'HOSE', quantity: 1 }] });
    const before = await digestsOf(box.store);
    await box.store.batch([
      { sql: "UPDATE orders SET net_minor = 0, po_number = 'stale'" },
      { sql: "UPDATE meta SET value = 'older' WHERE key = 'projection:orders'" },
    ]);
    const again = await box.reopen();
    expect(await digestsOf(again.store)).toEqual(before);
    await again.dispose();
  });

  test('are rebuilt one by one when they are named, and an unknown name is refused', async () => {
    const box = await openShop({ HOSE: 8 });
    const seen: string[] = [];
    expect(await box.runtime.rebuild(['stock', 'orders'], (name) => seen.push(name))).toEqual(['stock', 'orders']);
    expect(seen).toEqual(['stock', 'orders']);
    expect(await codeOf(box.runtime.rebuild(['nope']))).toBe('validation-failed');
    await box.dispose();
  });

  test('are rebuilt while commands come in, and miss none of them', async () => {
    const box = await openShop({ HOSE: 100 });
    const place = () => box.runtime.execute('place-order', { lines: [{ sku: 'HOSE', quantity: 1 }] });
    const work = Array.from({ length: 20 }, async (_, index) => {
      if (index % 5 === 0) await box.runtime.rebuild();
      return place();
    });
    await Promise.all(work);
    const live = await digestsOf(box.store);
    expect(live.orders?.rows).toBe(20);
    await box.runtime.rebuild();
    expect(await digestsOf(box.store)).toEqual(live);
    await box.dispose();
  });

  test('find a product by words of its latest description only', async () => {
    const box = await openShop({ HOSE: 1 });
    await box.receive('product.updated', product('HOSE', { name: 'Schlauch' }));
    const found = (word: string) => box.rows('SELECT sku FROM products_fts WHERE products_fts MATCH ?', word);
    expect(await found('schlau*')).toEqual([{ sku: 'HOSE' }]);
    expect(await found('hydraulic AND mm')).toEqual([]);
    await box.dispose();
  });
});
