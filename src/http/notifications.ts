import { EdgeError } from '../core/errors.ts';
import type { LoggedEvent } from '../core/event.ts';
import { limits } from '../core/limits.ts';
import type { Runtime } from '../runtime.ts';
import { readLog } from '../store/log.ts';

/** What one listener wants. */
export interface Subscription {
  /** The last position that the listener has seen. */
  readonly after: number;
  readonly types?: ReadonlySet<string> | undefined;
}

/** Where events go. `false` when the listener cannot take more: it is dropped and resumes by position. */
export type Deliver = (event: LoggedEvent) => boolean;

/** Events that are read from the log at once for a listener that is behind. */
const PAGE_EVENTS = 200;

/**
 * Hands the log on to listeners, live and without a gap: whoever comes back with the last position that it saw gets
 * what it missed. Events are always read from the log, so a slow listener costs no memory.
 */
export class NotificationHub {
  readonly #runtime: Runtime;
  readonly #wakers = new Set<() => void>();

  constructor(runtime: Runtime) {
    this.#runtime = runtime;
    runtime.subscribe(() => {
      for (const wake of this.#wakers) wake();
    });
  }

  get listeners(): number {
    return this.#wakers.size;
  }

  /**
   * Delivers from a position on until `stop` is called or `deliver` says no.
   * @throws {EdgeError} `overloaded` when too many listen.
   */
  listen(subscription: Subscription, deliver: Deliver, ended: () => void): () => void {
    if (this.#wakers.size >= limits.notificationStreams) {
      throw new EdgeError('overloaded', `${limits.notificationStreams} listeners are connected already. Close one.`);
    }
    let after = Math.min(subscription.after, this.#runtime.head());
    let busy = false;
    let again = false;
    let stopped = false;
    const stop = () => {
      stopped = true;
      this.#wakers.delete(wake);
    };
    const pump = async () => {
      do {
        again = false;
        for (;;) {
          const events = await readLog(this.#runtime.store, {
            after,
            limit: PAGE_EVENTS,
            ...(subscription.types === undefined ? {} : { types: [...subscription.types] }),
          });
          if (stopped) return;
          for (const event of events) {
            if (!deliver(event)) {
              stop();
              ended();
              return;
            }
            after = event.position;
          }
          if (events.length < PAGE_EVENTS) break;
        }
      } while (again && !stopped);
    };
    const wake = () => {
      if (busy) {
        again = true;
        return;
      }
      busy = true;
      pump()
        .catch(() => {
          if (stopped) return;
          // The database cannot be read now: the listener reconnects and resumes.
          stop();
          ended();
        })
        .finally(() => {
          busy = false;
          if (again && !stopped) wake();
        });
    };
    this.#wakers.add(wake);
    wake();
    return stop;
  }
}
