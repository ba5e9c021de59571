import type { NewEvent } from '../core/event.ts';
import { defineCommand } from './command.ts';

/** Facts that a pipeline or a monitor of this box has found out. */
export interface PublishFacts {
  readonly facts: readonly NewEvent[];
}

/** Puts facts into the log as they are: whoever found them has decided already. They were checked when they were made. */
export const publishFacts = defineCommand({
  name: 'publish-facts',
  needs: () => [],
  decide: (command: PublishFacts) => command.facts,
});
