import type { CommandHandler } from './commands/command.ts';
import { type CommandInput, type CommandName, commands } from './commands/list.ts';
import { EdgeError } from './core/errors.ts';
import type { Lane, LoggedEvent } from './core/event.ts';
import type { Ports } from './core/ports.ts';
import type { Admitted, Refused } from './governance/contract-gate.ts';
import { projections } from './projections/list.ts';
import { outdated, type Projection, rebuildStatements } from './projections/projection.ts';
import { digestOf } from './runtime/digest.ts';
import { type Identity, readEpoch } from './runtime/identity.ts';
import { type Origin, ownEvents } from './runtime/own-events.ts';
import { type Admission, check, type Incoming, quarantineTask, receiveTask, refuseTask } from './runtime/receive.ts';
import type { Committed } from './runtime/task.ts';
import { upcastStored } from './runtime/upcast-stored.ts';
import { Writer } from './runtime/writer.ts';
import { type Migration, migrate } from './store/migrate.ts';
import type { Store } from './store/store.ts';

export interface RuntimeOptions {
  readonly store: Store;
  readonly ports: Ports;
  readonly migrations: readonly Migration[];
  readonly dealerId: string;
  readonly deviceId: string;
  /** Where the stock lies; `<dealerId>-main` unless said otherwise. */
  readonly locationId?: string;
}

/** Where a command comes from, and the key that makes a repetition harmless. */
export interface CommandMeta extends Origin {
  readonly idempotencyKey?: string | undefined;
}

export interface Received {
  readonly admission: Admission;
  /** The logged events: the received one first; empty when it was refused. */
  readonly events: readonly LoggedEvent[];
  /** True when the log had it already. */
  readonly repeated: boolean;
}

/** A rebuild takes the log as it is in its transaction: another process may have added to it. */
const EVERYTHING = Number.MAX_SAFE_INTEGER;

export type Listener = (events: readonly LoggedEvent[]) => void;

/** The edge runtime: commands and events in, a durable log and its read models out. */
export interface Runtime {
  readonly store: Store;
  readonly ports: Ports;
  readonly identity: Identity;
  /** Decides a command and resolves once its events are durable. */
  execute<Name extends CommandName>(name: Name, input: CommandInput<Name>, meta?: CommandMeta): Promise<Committed>;
  /** Takes an event from outside: logs it once, or puts it into the dead letters. */
  receive(incoming: Incoming): Promise<Received>;
  /** Puts a sound event that could not be applied into the dead letters, with what went wrong. */
  quarantine(incoming: Incoming, failure: unknown, attempts: number): Promise<void>;
  /** What the contract gate says of an event, without taking it in. */
  check(incoming: Incoming): Admitted | Refused;
  /** Empties read models and derives them again from the log; all of them unless some are named. */
  rebuild(names?: readonly string[], progress?: (projection: string) => void): Promise<readonly string[]>;
  /** Read models by name. @throws {EdgeError} `validation-failed` when there is no such one. */
  projections(names: readonly string[]): readonly Projection[];
  /** Called after each commit with the events that it logged; what a listener throws is dropped. Returns how to stop. */
  subscribe(listener: Listener): () => void;
  /** The last position of the log. */
  head(): number;
  /** The last sequence of each lane in this epoch. */
  sequences(): Readonly<Record<Lane, number>>;
  close(): Promise<void>;
}

/**
 * Opens the runtime on a store: migrates it, brings outdated read models up to date and starts the writer.
 * @throws {EdgeError} what the store throws, and `storage-conflict` when the database is newer than this program.
 */
export async function createRuntime(options: RuntimeOptions): Promise<Runtime> {
  const { store, ports } = options;
  await migrate(store, options.migrations, ports.clock.nowMs());
  const identity: Identity = {
    dealerId: options.dealerId,
    deviceId: options.deviceId,
    locationId: options.locationId ?? `${options.dealerId}-main`,
    epoch: await readEpoch(store, ports.clock.nowMs()),
  };
  await upcastStored(store);
  const listeners = new Set<Listener>();
  const writer = await Writer.open({
    store,
    ports,
    identity,
    projections,
    committed: (events) => {
      for (const listener of listeners) {
        try {
          listener(events);
        } catch {
          // The commit stands, whatever a listener makes of it.
        }
      }
    },
  });
  for (const projection of await outdated(store, projections)) {
    await store.batch(rebuildStatements(projection, EVERYTHING));
  }

  const checkHere = (incoming: Incoming) =>
    check(incoming, identity.dealerId, new Date(ports.clock.nowMs()).toISOString());

  return {
    store,
    ports,
    identity,
    execute(name, input, meta = {}) {
      const handler = commands[name] as unknown as CommandHandler<string, typeof input>;
      return writer.submit({
        needs: (view) => handler.needs(input, view, identity.dealerId),
        decide: (context) => ({ events: ownEvents(handler.decide(input, context), context, meta) }),
        idempotency:
          meta.idempotencyKey === undefined
            ? undefined
            : { key: meta.idempotencyKey, digest: digestOf({ name, input }) },
      });
    },
    async quarantine(incoming, failure, attempts) {
      await writer.submit(quarantineTask(incoming, ports.random.uuid(), failure, attempts));
    },
    check: (incoming) => checkHere(incoming),
    async receive(incoming) {
      const admission = checkHere(incoming);
      if (admission.ok) {
        const { events, repeated } = await writer.submit(receiveTask(admission, incoming));
        return { admission, events, repeated };
      }
      const { events, repeated } = await writer.submit(refuseTask(admission, incoming, ports.random.uuid()));
      // Of a repeated delivery it is the dead letter of the first one.
      const deadLetterId = events[0]?.subject ?? '';
      return { admission: { ...admission, deadLetterId }, events: [], repeated };
    },
    async rebuild(names, progress) {
      const chosen = choose(names);
      for (const projection of chosen) {
        progress?.(projection.name);
        await writer.exclusive(() => store.batch(rebuildStatements(projection, EVERYTHING)));
      }
      return chosen.map((projection) => projection.name);
    },
    projections: choose,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    head: () => writer.head,
    sequences: () => writer.sequences,
    async close() {
      await writer.idle();
      await store.close();
    },
  };
}

function choose(names: readonly string[] | undefined): readonly Projection[] {
  if (names === undefined) return projections;
  return names.map((name) => {
    const projection = projections.find((candidate) => candidate.name === name);
    if (projection === undefined) {
      throw new EdgeError(
        'validation-failed',
        `There is no read model "${name}". There are: ${projections.map((one) => one.name).join(', ')}.`,
      );
    }
    return projection;
  });
}
