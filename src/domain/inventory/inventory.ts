import type { Decider } from '../../core/decider.ts';
import { EdgeError } from '../../core/errors.ts';
import type { NewEvent } from '../../core/event.ts';
import { type InventoryChanged, inventoryChanged } from '../../events/transactional/inventory.ts';

/** Stock of one SKU at one location. `available` is `onHand - reserved` and never negative. */
export interface StockState {
  readonly onHand: number;
  readonly reserved: number;
  readonly backordered: number;
  readonly version: number;
  readonly changedAt?: string;
}

type Reference = NonNullable<InventoryChanged['movement']['reference']>;

interface CommandBase {
  readonly sku: string;
  readonly locationId: string;
  readonly unit: string;
  readonly at: string;
  readonly reason?: string;
  readonly reference?: Reference;
}

export type InventoryCommand = CommandBase &
  (
    | { readonly kind: 'receive' | 'return' | 'sell' | 'reserve'; readonly quantity: number }
    /** `quantity` is the signed correction. */
    | { readonly kind: 'adjust'; readonly quantity: number }
    /** Gives back what an order had reserved or backordered. */
    | { readonly kind: 'release'; readonly quantity: number; readonly backordered: number }
    /** Hands out what an order had reserved or backordered: the stock leaves. */
    | { readonly kind: 'fulfil'; readonly quantity: number }
  );

type InventoryEvent = NewEvent<'inventory.changed', InventoryChanged>;

/** The pieces that stock can give away now. */
export function availableOf(state: StockState): number {
  return state.onHand - state.reserved;
}

export const inventory: Decider<StockState, InventoryCommand, InventoryEvent> = {
  initial: { onHand: 0, reserved: 0, backordered: 0, version: 0 },
  // Every event carries the state after it, so the last one is the state.
  evolve: (_state, { data }) => ({
    onHand: data.onHand,
    reserved: data.reserved,
    backordered: data.backordered,
    version: data.version,
    changedAt: data.occurredAt,
  }),
  decide: (state, command) => {
    if (!Number.isSafeInteger(command.quantity)) throw invalid(command, 'The quantity must be a whole number.');
    if (command.kind !== 'adjust' && command.quantity < 1) {
      throw invalid(command, 'The quantity must be 1 or more.');
    }
    switch (command.kind) {
      case 'receive':
      case 'return':
        return [
          moved(state, command, { kind: command.kind, quantity: command.quantity }, arrive(state, command.quantity)),
        ];
      case 'sell':
        return [sell(state, command)];
      case 'adjust':
        return [adjust(state, command)];
      case 'reserve':
        return [reserve(state, command)];
      case 'release':
        return [release(state, command)];
      case 'fulfil':
        return [fulfil(state, command)];
    }
  },
};

type Levels = Pick<StockState, 'onHand' | 'reserved' | 'backordered'>;

/** What arrives covers backorders first. */
function arrive(state: StockState, quantity: number): Levels {
  const covered = Math.min(state.backordered, quantity);
  return {
    onHand: state.onHand + quantity,
    reserved: state.reserved + covered,
    backordered: state.backordered - covered,
  };
}

function sell(state: StockState, command: InventoryCommand): InventoryEvent {
  const available = availableOf(state);
  if (command.quantity > available) {
    throw invalid(
      command,
      `${available} available, ${command.quantity} wanted. Sell fewer, or count the shelf and adjust the stock first.`,
    );
  }
  return moved(
    state,
    command,
    { kind: 'sell', quantity: command.quantity },
    { ...state, onHand: state.onHand - command.quantity },
  );
}

function adjust(state: StockState, command: InventoryCommand): InventoryEvent {
  const onHand = state.onHand + command.quantity;
  if (command.quantity === 0) throw invalid(command, 'A correction of 0 changes nothing.');
  if (onHand < 0) {
    throw invalid(command, `${state.onHand} on hand; a correction of ${command.quantity} would leave ${onHand}.`);
  }
  const levels =
    command.quantity > 0
      ? arrive(state, command.quantity)
      : // What was promised and is no longer there becomes a backorder, so that nobody's order vanishes.
        {
          onHand,
          reserved: Math.min(state.reserved, onHand),
          backordered: state.backordered + Math.max(0, state.reserved - onHand),
        };
  return moved(state, command, { kind: 'adjust', quantity: command.quantity }, levels);
}

function reserve(state: StockState, command: InventoryCommand): InventoryEvent {
  const covered = Math.min(command.quantity, availableOf(state));
  const backordered = command.quantity - covered;
  return moved(
    state,
    command,
    { kind: 'reserve', quantity: command.quantity, ...(backordered > 0 ? { backordered } : {}) },
    { onHand: state.onHand, reserved: state.reserved + covered, backordered: state.backordered + backordered },
  );
}

function release(state: StockState, command: Extract<InventoryCommand, { kind: 'release' }>): InventoryEvent {
  const named = Math.min(command.backordered, state.backordered, command.quantity);
  const fromReserved = Math.min(command.quantity - named, state.reserved);
  // A reservation may have become a backorder since, when a count found fewer pieces.
  const fromBackorder = Math.min(command.quantity - fromReserved, state.backordered);
  return moved(
    state,
    command,
    { kind: 'release', quantity: command.quantity, ...(fromBackorder > 0 ? { backordered: fromBackorder } : {}) },
    // What is freed covers other orders' backorders before it becomes available.
    cover({
      onHand: state.onHand,
      reserved: state.reserved - fromReserved,
      backordered: state.backordered - fromBackorder,
    }),
  );
}

function cover(levels: Levels): Levels {
  const covered = Math.min(levels.backordered, levels.onHand - levels.reserved);
  return { ...levels, reserved: levels.reserved + covered, backordered: levels.backordered - covered };
}

function fulfil(state: StockState, command: InventoryCommand): InventoryEvent {
  const fromReservation = Math.min(command.quantity, state.reserved);
  const fromBackorder = Math.min(command.quantity - fromReservation, state.backordered);
  return moved(
    state,
    command,
    { kind: 'sell', quantity: command.quantity, fromReservation },
    {
      onHand: state.onHand - fromReservation,
      reserved: state.reserved - fromReservation,
      backordered: state.backordered - fromBackorder,
    },
  );
}

function moved(
  state: StockState,
  command: InventoryCommand,
  movement: InventoryChanged['movement'],
  levels: Levels,
): InventoryEvent {
  return inventoryChanged.make({
    sku: command.sku,
    locationId: command.locationId,
    unit: command.unit,
    movement: {
      ...movement,
      ...(command.reason === undefined ? {} : { reason: command.reason }),
      ...(command.reference === undefined ? {} : { reference: command.reference }),
    },
    onHand: levels.onHand,
    reserved: levels.reserved,
    available: levels.onHand - levels.reserved,
    backordered: levels.backordered,
    version: state.version + 1,
    occurredAt: command.at,
  });
}

function invalid(command: InventoryCommand, detail: string): EdgeError {
  return new EdgeError('invalid-movement', `${command.kind} of ${command.sku}: ${detail}`);
}

/**
 * A stock figure from elsewhere, as it applies here: the physical count is taken over, promises made here stay.
 */
export function mergeReceived(state: StockState, received: InventoryChanged): InventoryChanged {
  const promised = state.reserved + state.backordered;
  const reserved = Math.min(promised, received.onHand);
  return {
    ...received,
    reserved,
    available: received.onHand - reserved,
    backordered: promised - reserved,
    version: state.version + 1,
  };
}
