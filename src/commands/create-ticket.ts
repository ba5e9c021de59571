import { EdgeError } from '../core/errors.ts';
import { type TicketCreated, ticketCreated } from '../events/transactional/ticket.ts';
import { defineCommand } from './command.ts';

export type CreateTicket = Omit<TicketCreated, 'ticketId' | 'createdAt'>;

export const createTicket = defineCommand({
  name: 'create-ticket',
  needs: (command: CreateTicket) => (command.orderId === undefined ? [] : [{ kind: 'order', key: command.orderId }]),
  decide: (command: CreateTicket, context) => {
    if (command.orderId !== undefined && context.view.get('order', command.orderId).placed === undefined) {
      throw new EdgeError(
        'validation-failed',
        `There is no order ${command.orderId} here. Leave orderId out, or check it.`,
        {
          violations: [{ pointer: '/orderId', code: 'unknown-order', detail: 'There is no such order here.' }],
        },
      );
    }
    return [ticketCreated.make({ ...command, ticketId: context.newId(), createdAt: context.now })];
  },
});
