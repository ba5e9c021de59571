import { z } from '@hono/zod-openapi';
import type { CreateTicket } from '../../commands/create-ticket.ts';
import type { SubmitFeedback } from '../../commands/submit-feedback.ts';
import { type Api, addRoute, json } from '../api.ts';
import { decodeCursor, encodeCursor } from '../cursor.ts';
import * as schema from '../schemas.ts';
import { idempotencyKey, traceparent } from './orders.ts';

/** Support tickets and feedback. */
export function supportRoutes(api: Api): void {
  const { runtime } = api;
  const meta = (request: Request) => ({
    idempotencyKey: idempotencyKey(request, false),
    traceparent: traceparent(request),
  });

  addRoute(
    api,
    {
      method: 'post',
      path: '/v1/tickets',
      summary: 'Open a support ticket',
      tag: 'Support',
      scope: 'orders',
      body: schema.ticketRequest,
      answers: {
        201: { description: 'The ticket', schema: schema.ticket },
        200: { description: 'The same request had been made before', schema: schema.ticket },
      },
      errors: ['idempotency-conflict', 'storage-full'],
    },
    async ({ c, body }) => {
      const committed = await runtime.execute('create-ticket', body as CreateTicket, meta(c.req.raw));
      return json(c, committed.events[0]?.data, committed.repeated ? 200 : 201);
    },
  );

  addRoute(
    api,
    {
      method: 'get',
      path: '/v1/tickets',
      summary: 'Tickets, newest first',
      tag: 'Support',
      scope: 'read',
      query: z.object(schema.pageQuery),
      answers: { 200: { description: 'A page of tickets', schema: schema.page(schema.ticket) } },
    },
    async ({ c, query }) => {
      const before = query.cursor === undefined ? Number.MAX_SAFE_INTEGER : decodeCursor(query.cursor, ['count'])[0];
      const rows = await runtime.store.read({
        sql: 'SELECT position, snapshot FROM tickets WHERE position < ? ORDER BY position DESC LIMIT ?',
        args: [before, query.limit + 1],
      });
      const shown = rows.slice(0, query.limit);
      const last = shown.at(-1);
      return json(c, {
        items: shown.map((row) => JSON.parse(String(row.snapshot)) as unknown),
        ...(rows.length > query.limit && last !== undefined
          ? { nextCursor: encodeCursor([Number(last.position)]) }
          : {}),
      });
    },
  );

  addRoute(
    api,
    {
      method: 'post',
      path: '/v1/feedback',
      summary: 'Say what you think of a suggestion, a product or an order',
      tag: 'Support',
      scope: 'orders',
      body: schema.feedbackRequest,
      answers: {
        201: { description: 'Stored', schema: z.object({ feedbackId: z.string() }) },
        200: { description: 'The same request had been made before', schema: z.object({ feedbackId: z.string() }) },
      },
      errors: ['idempotency-conflict', 'storage-full'],
    },
    async ({ c, body }) => {
      const committed = await runtime.execute('submit-feedback', body as SubmitFeedback, meta(c.req.raw));
      const submitted = committed.events[0]?.data as { feedbackId: string };
      return json(c, { feedbackId: submitted.feedbackId }, committed.repeated ? 200 : 201);
    },
  );
}
