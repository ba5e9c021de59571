import type { DecisionContext, EntityKey, View } from '../commands/command.ts';
import type { LoggedEvent } from '../core/event.ts';
import type { Statement } from '../store/store.ts';

/** An event on its way into the log; the writer adds position, and for own events lane, epoch and sequence. */
export interface PendingEvent {
  readonly id: string;
  readonly type: string;
  readonly version: number;
  readonly source: string;
  readonly subject: string;
  readonly time: string;
  readonly dealerid: string;
  readonly correlationid: string;
  readonly causationid?: string | undefined;
  readonly traceparent?: string | undefined;
  readonly data: unknown;
  readonly dataText: string;
  /** The payload as it applies here, where that differs from `data`. */
  readonly applied?: unknown;
  /** Made here: it gets a sequence and goes up. Otherwise it came from elsewhere and does not go back. */
  readonly own: boolean;
}

/** What a decision leads to: all of it is committed, or none. */
export interface Outcome {
  readonly events: readonly PendingEvent[];
  readonly statements?: readonly Statement[];
}

/** What the caller of a task gets once it is durable. */
export interface Committed {
  readonly events: readonly LoggedEvent[];
  /** True when the same request had been committed before; `events` are those of then. */
  readonly repeated: boolean;
}

/** Work for the writer: what has to be loaded, and a pure decision. */
export interface Task {
  needs(view: View): Iterable<EntityKey>;
  decide(context: DecisionContext): Outcome;
  /** Makes a repetition give the first answer again. */
  readonly idempotency?: { readonly key: string; readonly digest: string } | undefined;
  /** Ids of events from elsewhere; the ones that are in the log already are not decided again. */
  readonly eventIds?: readonly string[] | undefined;
}
