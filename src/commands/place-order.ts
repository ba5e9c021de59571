import { EdgeError } from '../core/errors.ts';
import { availableOf, inventory } from '../domain/inventory/inventory.ts';
import { order } from '../domain/order/order.ts';
import {
  exceedsTolerance,
  priceDifferences,
  type QuoteContext,
  quote,
  type RequestedLine,
} from '../domain/order/quote.ts';
import type { OrderPlaced, PriceSeen } from '../events/transactional/order.ts';
import { type DecisionContext, defineCommand, type EntityKey } from './command.ts';

export interface PlaceOrder {
  readonly lines: readonly RequestedLine[];
  readonly poNumber?: string;
  readonly note?: string;
  readonly priceSeen?: PriceSeen;
}

/** How far the total may rise over what was seen before the person is asked again: 2 %. */
const TOLERANCE_BASIS_POINTS = 200;

/** How long the centre is asked to hold the captured price. */
const QUOTE_DAYS = 30;

/** Differences to the seen prices that an order explains; more say nothing new. */
const DIFFERENCES_MAX = 500;

const DAY_MS = 86_400_000;

export const placeOrder = defineCommand({
  name: 'place-order',
  needs: (command: PlaceOrder, view, dealerId) => orderNeeds(command, view, dealerId),
  decide: (command: PlaceOrder, context) => {
    const quoted = quoteOrder(command.lines, context);
    const currency = dealerOf(context).currency;
    const differences = checkSeen(command.priceSeen, quoted, currency);
    const orderId = context.newId();
    const placed: OrderPlaced = {
      orderId,
      orderNumber: context.nextOrderNumber(),
      dealerId: context.dealerId,
      deviceId: context.deviceId,
      ...(command.poNumber === undefined ? {} : { poNumber: command.poNumber }),
      ...(command.note === undefined ? {} : { note: command.note }),
      currency,
      lines: [...quoted.lines],
      totals: quoted.totals,
      ...(command.priceSeen === undefined ? {} : { priceSeen: command.priceSeen }),
      pricing: {
        policy: 'tolerance',
        toleranceBasisPoints: TOLERANCE_BASIS_POINTS,
        quotedAt: context.now,
        quoteExpiresAt: new Date(context.nowMs + QUOTE_DAYS * DAY_MS).toISOString(),
        differences: differences.slice(0, DIFFERENCES_MAX),
      },
      placedAt: context.now,
    };
    return [...order.decide(order.initial, { kind: 'place', order: placed }), ...reserveLines(placed, context)];
  },
});

/** What a quote or an order has to have loaded. */
export function* orderNeeds(
  command: { readonly lines: readonly RequestedLine[] },
  _view: unknown,
  dealerId: string,
): Iterable<EntityKey> {
  yield { kind: 'dealer', key: dealerId };
  yield { kind: 'promotions', key: 'all' };
  for (const line of command.lines) {
    yield { kind: 'product', key: line.sku };
    yield { kind: 'prices', key: line.sku };
    yield { kind: 'stock', key: line.sku };
  }
}

/** Prices lines against the view, without placing anything. */
export function quoteOrder(
  lines: readonly RequestedLine[],
  context: Pick<DecisionContext, 'view' | 'dealerId' | 'now'>,
) {
  const { view } = context;
  const quoteContext: QuoteContext = {
    dealer: dealerOf(context),
    at: context.now,
    product: (sku) => view.get('product', sku),
    prices: (sku) => view.get('prices', sku),
    available: (sku) => availableOf(view.get('stock', sku)),
    promotions: view.get('promotions', 'all'),
  };
  return quote(lines, quoteContext);
}

function dealerOf(context: Pick<DecisionContext, 'view' | 'dealerId'>) {
  const dealer = context.view.get('dealer', context.dealerId);
  if (dealer === undefined) {
    throw new EdgeError(
      'conflict',
      `Dealer ${context.dealerId} has no profile here yet, so nothing can be priced. Sync once, import a dealer, or check DEALER_ID.`,
    );
  }
  return dealer;
}

function checkSeen(seen: PriceSeen | undefined, quoted: ReturnType<typeof quote>, currency: string): string[] {
  if (seen === undefined) return [];
  const differences = priceDifferences(seen, quoted, currency);
  if (exceedsTolerance(seen, quoted, currency, TOLERANCE_BASIS_POINTS)) {
    throw new EdgeError('price-changed', `${differences.join(' ')} Show the new price and place the order again.`, {
      extra: { netMinor: quoted.totals.netMinor, currency, differences },
    });
  }
  return differences;
}

function* reserveLines(placed: OrderPlaced, context: DecisionContext) {
  const states = new Map(placed.lines.map((line) => [line.sku, context.view.get('stock', line.sku)]));
  for (const line of placed.lines) {
    const state = states.get(line.sku) ?? inventory.initial;
    const events = inventory.decide(state, {
      kind: 'reserve',
      sku: line.sku,
      locationId: context.locationId,
      unit: line.unit,
      quantity: line.quantity,
      at: context.now,
      reference: { kind: 'order', id: placed.orderId },
    });
    for (const event of events) {
      states.set(line.sku, inventory.evolve(state, event));
      yield event;
    }
  }
}
