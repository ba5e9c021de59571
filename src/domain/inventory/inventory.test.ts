import { describe, expect, test } from 'vitest';
import { count, NOW } from '../../../test/support/facts.ts';
import { fold } from '../../core/decider.ts';
import type { NewEvent } from '../../core/event.ts';
import type { InventoryChanged } from '../../events/transactional/inventory.ts';
import { given } from '../../testing/given-when-then.ts';
import { availableOf, type InventoryCommand, inventory, mergeReceived, type StockState } from './inventory.ts';

const where = { sku: 'HOSE', locationId: 'D042-main', unit: 'EA', at: NOW } as const;

type Levels = Pick<StockState, 'onHand' | 'reserved' | 'backordered'>;
type Event = NewEvent<'inventory.changed', InventoryChanged>;

const has = (levels: Partial<Levels>): Event[] => {
  const { onHand = 0, reserved = 0, backordered = 0 } = levels;
  return [
    { type: 'inventory.changed', data: count('HOSE', onHand, { reserved, backordered, available: onHand - reserved }) },
  ];
};

const moved = (movement: InventoryChanged['movement'], { onHand, reserved, backordered }: Levels, version = 2) => [
  {
    type: 'inventory.changed' as const,
    data: {
      sku: 'HOSE',
      locationId: 'D042-main',
      unit: 'EA',
      movement,
      onHand,
      reserved,
      available: onHand - reserved,
      backordered,
      version,
      occurredAt: NOW,
    },
  },
];

const does = (kind: 'receive' | 'return' | 'sell' | 'reserve' | 'adjust' | 'fulfil', quantity: number) =>
  ({ ...where, kind, quantity }) as InventoryCommand;
const releases = (quantity: number, backordered: number): InventoryCommand => ({
  ...where,
  kind: 'release',
  quantity,
  backordered,
});

describe('stock', () => {
  test('grows with what is received', () => {
    given(inventory, [])
      .when(does('receive', 5))
      .then(moved({ kind: 'receive', quantity: 5 }, { onHand: 5, reserved: 0, backordered: 0 }, 1));
  });

  for (const kind of ['receive', 'return'] as const) {
    test(`covers backorders first with a ${kind}`, () => {
      given(inventory, has({ onHand: 1, reserved: 1, backordered: 3 }))
        .when(does(kind, 5))
        .then(moved({ kind, quantity: 5 }, { onHand: 6, reserved: 4, backordered: 0 }));
    });
  }

  test('sells what is available', () => {
    given(inventory, has({ onHand: 5, reserved: 2 }))
      .when(does('sell', 3))
      .then(moved({ kind: 'sell', quantity: 3 }, { onHand: 2, reserved: 2, backordered: 0 }));
  });

  test('does not sell what is promised to orders', () => {
    const refusal = given(inventory, has({ onHand: 5, reserved: 2 }))
      .when(does('sell', 4))
      .thenThrows('invalid-movement');
    expect(refusal.detail).toContain('3 available, 4 wanted');
  });

  test('is corrected upwards, covering backorders first', () => {
    given(inventory, has({ onHand: 2, reserved: 2, backordered: 1 }))
      .when(does('adjust', 4))
      .then(moved({ kind: 'adjust', quantity: 4 }, { onHand: 6, reserved: 3, backordered: 0 }));
  });

  test('is corrected downwards, and what was promised becomes a backorder', () => {
    given(inventory, has({ onHand: 5, reserved: 4 }))
      .when(does('adjust', -3))
      .then(moved({ kind: 'adjust', quantity: -3 }, { onHand: 2, reserved: 2, backordered: 2 }));
  });

  test('is not corrected by nothing, nor below nothing', () => {
    given(inventory, has({ onHand: 5 }))
      .when(does('adjust', 0))
      .thenThrows('invalid-movement');
    given(inventory, has({ onHand: 5 }))
      .when(does('adjust', -6))
      .thenThrows('invalid-movement');
  });

  test('is corrected to exactly nothing', () => {
    given(inventory, has({ onHand: 5 }))
      .when(does('adjust', -5))
      .then(moved({ kind: 'adjust', quantity: -5 }, { onHand: 0, reserved: 0, backordered: 0 }));
  });

  test('reserves what it can for an order for no more than is available', () => {
    given(inventory, has({ onHand: 5, reserved: 1 }))
      .when(does('reserve', 4))
      .then(moved({ kind: 'reserve', quantity: 4 }, { onHand: 5, reserved: 5, backordered: 0 }));
  });

  test('backorders the rest of an order for more than is available', () => {
    given(inventory, has({ onHand: 5, reserved: 2 }))
      .when(does('reserve', 4))
      .then(moved({ kind: 'reserve', quantity: 4, backordered: 1 }, { onHand: 5, reserved: 5, backordered: 1 }));
  });

  test('gives back what an order had reserved', () => {
    given(inventory, has({ onHand: 5, reserved: 4 }))
      .when(releases(3, 0))
      .then(moved({ kind: 'release', quantity: 3 }, { onHand: 5, reserved: 1, backordered: 0 }));
  });

  test('gives freed pieces to the backorders of other orders', () => {
    given(inventory, has({ onHand: 5, reserved: 5, backordered: 2 }))
      .when(releases(3, 0))
      .then(moved({ kind: 'release', quantity: 3 }, { onHand: 5, reserved: 4, backordered: 0 }));
  });

  test('forgets the backorder of a released order', () => {
    given(inventory, has({ onHand: 1, reserved: 1, backordered: 3 }))
      .when(releases(4, 3))
      .then(moved({ kind: 'release', quantity: 4, backordered: 3 }, { onHand: 1, reserved: 0, backordered: 0 }));
  });

  test('releases what became a backorder after it had been reserved', () => {
    const lost = fold(inventory, has({ onHand: 5, reserved: 5 }));
    const afterCount = inventory.decide(lost, does('adjust', -5));
    given(inventory, [...has({ onHand: 5, reserved: 5 }), ...afterCount])
      .when(releases(5, 0))
      .then(moved({ kind: 'release', quantity: 5, backordered: 5 }, { onHand: 0, reserved: 0, backordered: 0 }, 3));
  });

  test('hands out reserved pieces', () => {
    given(inventory, has({ onHand: 5, reserved: 4 }))
      .when(does('fulfil', 4))
      .then(moved({ kind: 'sell', quantity: 4, fromReservation: 4 }, { onHand: 1, reserved: 0, backordered: 0 }));
  });

  test('takes a shipped backorder out of the backorders, not out of the stock', () => {
    given(inventory, has({ onHand: 1, reserved: 1, backordered: 3 }))
      .when(does('fulfil', 4))
      .then(moved({ kind: 'sell', quantity: 4, fromReservation: 1 }, { onHand: 0, reserved: 0, backordered: 0 }));
  });

  test.each([0, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY])('refuses a quantity of %d', (quantity) => {
    for (const kind of ['receive', 'return', 'sell', 'reserve', 'fulfil'] as const) {
      given(inventory, has({ onHand: 5, reserved: 2 }))
        .when(does(kind, quantity))
        .thenThrows('invalid-movement');
    }
    given(inventory, has({ onHand: 5, reserved: 2 }))
      .when(releases(quantity, 0))
      .thenThrows('invalid-movement');
  });

  test.each([0.5, Number.NaN])('refuses a correction of %d', (quantity) => {
    given(inventory, has({ onHand: 5 }))
      .when(does('adjust', quantity))
      .thenThrows('invalid-movement');
  });

  test('says why and for what', () => {
    const [event] = inventory.decide(inventory.initial, {
      ...where,
      kind: 'receive',
      quantity: 1,
      reason: 'delivery',
      reference: { kind: 'shipment', id: 'SH-1' },
    });
    expect(event?.data.movement).toEqual({
      kind: 'receive',
      quantity: 1,
      reason: 'delivery',
      reference: { kind: 'shipment', id: 'SH-1' },
    });
  });
});

describe('a stock count from the centre', () => {
  const here = fold(inventory, has({ onHand: 6, reserved: 4, backordered: 1 }));

  test('keeps the promises made here', () => {
    expect(mergeReceived(here, count('HOSE', 20))).toMatchObject({
      onHand: 20,
      reserved: 5,
      available: 15,
      backordered: 0,
      version: 2,
    });
  });

  test('turns promises that it does not cover into backorders', () => {
    const merged = mergeReceived(here, count('HOSE', 3));
    expect(merged).toMatchObject({ onHand: 3, reserved: 3, available: 0, backordered: 2 });
    expect(availableOf(inventory.evolve(here, { type: 'inventory.changed', data: merged }))).toBe(0);
  });
});
