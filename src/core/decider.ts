/**
 * A decider (https://thinkbeforecoding.com/post/2021/12/17/functional-event-sourcing-decider): the whole of an
 * aggregate's logic as three pure functions.
 */
export interface Decider<State, Command, Event> {
  readonly initial: State;
  /** The state after one more fact. Total: every event of the aggregate is accepted in every state. */
  evolve(state: State, event: Event): State;
  /** The facts that a command leads to. Throws `EdgeError` when the state or the command does not allow it. */
  decide(state: State, command: Command): readonly Event[];
}

/** Folds a history into a state. */
export function fold<State, Event>(
  decider: Pick<Decider<State, never, Event>, 'initial' | 'evolve'>,
  events: Iterable<Event>,
): State {
  let state = decider.initial;
  for (const event of events) state = decider.evolve(state, event);
  return state;
}
