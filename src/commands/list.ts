import { cancelOrder } from './cancel-order.ts';
import type { CommandHandler } from './command.ts';
import { createTicket } from './create-ticket.ts';
import { moveStock } from './move-stock.ts';
import { placeOrder } from './place-order.ts';
import { publishFacts } from './publish-facts.ts';
import { submitFeedback } from './submit-feedback.ts';

/** Every command that `execute` takes, by name. */
export const commands = {
  'place-order': placeOrder,
  'cancel-order': cancelOrder,
  'move-stock': moveStock,
  'submit-feedback': submitFeedback,
  'create-ticket': createTicket,
  'publish-facts': publishFacts,
} as const;

export type CommandName = keyof typeof commands;

/** The input of a command. */
export type CommandInput<Name extends CommandName> =
  (typeof commands)[Name] extends CommandHandler<string, infer Command> ? Command : never;
