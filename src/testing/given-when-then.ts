import { type Decider, fold } from '../core/decider.ts';
import { EdgeError, type ErrorCode } from '../core/errors.ts';

/** Given-when-then for deciders, for any test runner: what does not hold is thrown as an error that shows both sides. */

interface Then<Event> {
  /** The command leads to exactly these facts, in this order. */
  then(events: readonly Event[]): void;
  /** The command is refused with this code; returns the refusal. */
  thenThrows(code: ErrorCode): EdgeError;
}

/** Given a history, when a command comes, then these facts follow. */
export function given<State, Command, Event>(
  decider: Decider<State, Command, Event>,
  events: readonly Event[],
): { when(command: Command): Then<Event> } {
  return {
    when: (command) => {
      const decide = () => decider.decide(fold(decider, events), command);
      return {
        // biome-ignore lint/suspicious/noThenProperty: the sentence is given, when, then; nobody awaits it.
        then: (expected) => {
          const [decided, wanted] = [JSON.stringify(decide(), null, 2), JSON.stringify(expected, null, 2)];
          if (sorted(decided) !== sorted(wanted)) throw new Error(`Decided ${decided}\n\nbut expected ${wanted}`);
        },
        thenThrows: (code) => refusalOf(decide, code),
      };
    },
  };
}

/** The error that work throws, which must be an `EdgeError` of this code. */
export function refusalOf(work: () => unknown, code: ErrorCode): EdgeError {
  try {
    work();
  } catch (error) {
    if (error instanceof EdgeError && error.code === code) return error;
    throw new Error(`Expected ${code}, but got ${String(error)}`, { cause: error });
  }
  throw new Error(`Expected ${code}, but nothing was thrown.`);
}

/** The same JSON with the members of every object in order, so that only values are compared. */
function sorted(json: string): string {
  return JSON.stringify(JSON.parse(json), (_key, value: unknown) =>
    value !== null && typeof value === 'object' && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}
