import type { DecisionContext, EntityKey, EntityKind, EntityTypes, View } from '../../src/commands/command.ts';
import type { NewEvent } from '../../src/core/event.ts';
import { entities } from '../../src/runtime/entities.ts';
import { NOW } from './facts.ts';

type Known = { readonly [Kind in EntityKind]?: Readonly<Record<string, EntityTypes[Kind]>> };

/** A view in memory: what a test says, and of everything else that it is absent. */
export class MemoryView implements View {
  readonly #states: Map<string, unknown>;

  constructor(known: Known = {}) {
    this.#states = new Map(
      Object.entries(known).flatMap(([kind, states]) =>
        Object.entries(states).map(([key, state]): [string, unknown] => [`${kind}/${key}`, state]),
      ),
    );
  }

  has(): boolean {
    return true;
  }

  get<Kind extends EntityKind>(kind: Kind, key: string): EntityTypes[Kind] {
    const name = `${kind}/${key}`;
    return (this.#states.has(name) ? this.#states.get(name) : entities[kind].absent) as EntityTypes[Kind];
  }

  /** Lets facts change the states. */
  apply(events: readonly NewEvent[]): void {
    for (const event of events) {
      for (const kind of Object.keys(entities) as EntityKind[]) {
        const entity = entities[kind] as { types: readonly string[]; keyOf(event: NewEvent): string };
        if (!entity.types.includes(event.type)) continue;
        const key = entity.keyOf(event);
        const evolve = entities[kind].evolve as (state: unknown, event: NewEvent) => unknown;
        this.#states.set(`${kind}/${key}`, evolve(this.get(kind, key), event));
      }
    }
  }
}

/** A context for decisions, with ids and order numbers that count up. */
export function decisionContext(view: View = new MemoryView()): DecisionContext {
  let ids = 0;
  let numbers = 0;
  return {
    view,
    dealerId: 'D042',
    deviceId: 'B1',
    locationId: 'D042-main',
    now: NOW,
    nowMs: Date.parse(NOW),
    newId: () => `id-${++ids}`,
    nextOrderNumber: () => `D042-B1-X-${String(++numbers).padStart(6, '0')}`,
  };
}

/** The names of keys, for comparison. */
export const namesOf = (keys: Iterable<EntityKey>) => [...keys].map(({ kind, key }) => `${kind}/${key}`);
