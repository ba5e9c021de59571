import type { EntityKey, EntityKind, EntityTypes, View } from '../commands/command.ts';
import type { NewEvent } from '../core/event.ts';
import type { Store } from '../store/store.ts';
import { type Entity, entities } from './entities.ts';

type States = Map<string, unknown>;

const kinds = Object.keys(entities) as EntityKind[];

/** The kinds that an event type changes. */
const kindsOf = new Map<string, EntityKind[]>();
for (const kind of kinds) {
  for (const type of entities[kind].types) kindsOf.set(type, [...(kindsOf.get(type) ?? []), kind]);
}

const noStates = () => Object.fromEntries(kinds.map((kind) => [kind, new Map()])) as Record<EntityKind, States>;

/**
 * The state that decisions read. Committed states are cached; what the decisions of an open commit change lies
 * over them until the commit succeeds (`keep`) or fails (`drop`). Correct because one writer owns the database.
 */
export class WorkingSet implements View {
  readonly #store: Store;
  #committed = noStates();
  #open = noStates();
  #touched = false;

  constructor(store: Store) {
    this.#store = store;
  }

  has(kind: EntityKind, key: string): boolean {
    return this.#open[kind].has(key) || this.#committed[kind].has(key);
  }

  get<Kind extends EntityKind>(kind: Kind, key: string): EntityTypes[Kind] {
    const open = this.#open[kind];
    if (open.has(key)) return open.get(key) as EntityTypes[Kind];
    const committed = this.#committed[kind];
    if (committed.has(key)) return committed.get(key) as EntityTypes[Kind];
    throw new Error(`A decision reads ${kind} ${key}, which is not among its needs.`);
  }

  /** Whether everything that was asked for is here. */
  hasAll(keys: Iterable<EntityKey>): boolean {
    for (const { kind, key } of keys) if (!this.has(kind, key)) return false;
    return true;
  }

  /** What of these keys is not here yet. */
  missing(keys: Iterable<EntityKey>): EntityKey[] {
    return [...keys].filter(({ kind, key }) => !this.has(kind, key));
  }

  /** Loads what is missing, with one query a kind. */
  async load(keys: Iterable<EntityKey>): Promise<void> {
    const missing = new Map<EntityKind, Set<string>>();
    for (const { kind, key } of keys) {
      if (this.has(kind, key)) continue;
      const sameKind = missing.get(kind);
      if (sameKind === undefined) missing.set(kind, new Set([key]));
      else sameKind.add(key);
    }
    for (const [kind, wanted] of missing) {
      const entity = entities[kind] as Entity<unknown>;
      const loaded = await entity.load(this.#store, [...wanted]);
      const states = this.#committed[kind];
      for (const key of wanted) states.set(key, loaded.has(key) ? loaded.get(key) : entity.absent);
    }
  }

  /** Lets an event of the open commit change the states that are loaded. */
  apply(event: NewEvent): void {
    for (const kind of kindsOf.get(event.type) ?? []) {
      const entity = entities[kind] as Entity<unknown>;
      const key = entity.keyOf(event);
      if (!this.has(kind, key)) continue;
      this.#open[kind].set(key, entity.evolve(this.get(kind, key), event));
      this.#touched = true;
    }
  }

  /** The open commit succeeded. */
  keep(): void {
    if (this.#touched) {
      for (const kind of kinds) for (const [key, state] of this.#open[kind]) this.#committed[kind].set(key, state);
      this.#open = noStates();
      this.#touched = false;
    }
    this.#evict();
  }

  /** The open commit failed. */
  drop(): void {
    this.#open = noStates();
    this.#touched = false;
  }

  /** Forgets everything: somebody else wrote to the database. */
  clear(): void {
    this.drop();
    this.#committed = noStates();
  }

  #evict(): void {
    for (const kind of kinds) {
      const states = this.#committed[kind];
      // A map keeps its insertion order, so the first keys are the oldest.
      for (const key of states.keys()) {
        if (states.size <= entities[kind].cachedMax) break;
        states.delete(key);
      }
    }
  }
}
