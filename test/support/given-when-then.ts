import { expect } from 'vitest';
import { type Decider, fold } from '../../src/core/decider.ts';
import { EdgeError, type ErrorCode } from '../../src/core/errors.ts';

interface Then<Event> {
  /** The command leads to exactly these facts, in this order. */
  then(events: readonly Event[]): void;
  /** The command is refused with this code. */
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
        then: (expected) => expect(decide()).toEqual(expected),
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
    expect(error).toBeInstanceOf(EdgeError);
    expect((error as EdgeError).code).toBe(code);
    return error as EdgeError;
  }
  throw new Error(`Expected ${code}, but nothing was thrown.`);
}
