import { z } from '@hono/zod-openapi';
import type { PlaceOrder } from '../../commands/place-order.ts';
import { EdgeError } from '../../core/errors.ts';
import { limits } from '../../core/limits.ts';
import type { OrderPlaced } from '../../events/transactional/order.ts';
import { type Api, addRoute, json } from '../api.ts';
import { findOrder, listOrders } from '../read/orders.ts';
import * as schema from '../schemas.ts';

const params = z.object({ id: z.string().max(200).openapi({ description: 'Order id or order number' }) });

/** Order capture, orders and their timelines. */
export function orderRoutes(api: Api): void {
  const { runtime } = api;

  addRoute(
    api,
    {
      method: 'post',
      path: '/v1/orders',
      summary: 'Place an order. 201 once it is durable on this box; works with no network',
      tag: 'Orders',
      scope: 'orders',
      headers: z.object({ 'idempotency-key': z.string().describe('Made by the client at the click; UUIDv7 is best') }),
      body: schema.placeOrderRequest,
      answers: {
        201: { description: 'Captured', schema: schema.order },
        200: { description: 'The same request had been captured before: the same order', schema: schema.order },
      },
      errors: ['idempotency-key-required', 'idempotency-conflict', 'invalid-order', 'price-changed', 'storage-full'],
    },
    async ({ c, body }) => {
      const committed = await runtime.execute('place-order', body as PlaceOrder, {
        idempotencyKey: idempotencyKey(c.req.raw, true),
        traceparent: traceparent(c.req.raw),
      });
      const placed = committed.events[0]?.data as OrderPlaced;
      // Beside the address that was asked, because the app may be mounted under a path.
      c.header('location', `${c.req.path.replace(/\/+$/, '')}/${encodeURIComponent(placed.orderId)}`);
      if (committed.repeated) return json(c, await findOrder(runtime, placed.orderId), 200);
      return json(
        c,
        {
          ...placed,
          status: 'captured',
          safe: 'on-this-box',
          timeline: [{ step: 'captured', at: placed.placedAt, eventId: committed.events[0]?.id }],
        },
        201,
      );
    },
  );

  addRoute(
    api,
    {
      method: 'get',
      path: '/v1/orders',
      summary: 'Orders, newest first',
      tag: 'Orders',
      scope: 'read',
      query: z.object({
        ...schema.pageQuery,
        status: z.enum(schema.orderStatuses).optional(),
        q: z.string().max(100).optional().describe('Part of an order number or PO number'),
      }),
      answers: { 200: { description: 'A page of orders', schema: schema.page(schema.orderSummary) } },
    },
    async ({ c, query }) => json(c, await listOrders(runtime, query)),
  );

  addRoute(
    api,
    {
      method: 'get',
      path: '/v1/orders/{id}',
      summary: 'One order with its timeline',
      tag: 'Orders',
      scope: 'read',
      params,
      answers: { 200: { description: 'The order', schema: schema.order } },
      errors: ['not-found'],
    },
    async ({ c, params: { id } }) => json(c, await findOrder(runtime, id)),
  );

  addRoute(
    api,
    {
      method: 'post',
      path: '/v1/orders/{id}/cancel',
      summary: 'Cancel an order; what it had reserved is released',
      tag: 'Orders',
      scope: 'orders',
      params,
      body: schema.cancelRequest,
      answers: { 200: { description: 'The cancelled order', schema: schema.order } },
      errors: ['not-found', 'conflict', 'idempotency-conflict'],
    },
    async ({ c, params: { id }, body }) => {
      const { orderId } = await findOrder(runtime, id);
      await runtime.execute(
        'cancel-order',
        { orderId, reason: body.reason },
        { idempotencyKey: idempotencyKey(c.req.raw, false), traceparent: traceparent(c.req.raw) },
      );
      return json(c, await findOrder(runtime, orderId));
    },
  );
}

/** The caller's `Idempotency-Key`. @throws {EdgeError} `idempotency-key-required`, `invalid-request`. */
export function idempotencyKey(request: Request, required: true): string;
export function idempotencyKey(request: Request, required: boolean): string | undefined;
export function idempotencyKey(request: Request, required: boolean): string | undefined {
  const key = request.headers.get('idempotency-key') ?? undefined;
  if (key === undefined || key === '') {
    if (!required) return undefined;
    throw new EdgeError(
      'idempotency-key-required',
      'Send a header Idempotency-Key with a UUID made once for this order, so that a repetition cannot place it twice.',
    );
  }
  if (key.length > limits.idempotencyKeyCharacters) {
    throw new EdgeError(
      'invalid-request',
      `Idempotency-Key is longer than ${limits.idempotencyKeyCharacters} characters.`,
    );
  }
  return key;
}

const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/** The caller's `traceparent`; one that is not valid is left out, as https://www.w3.org/TR/trace-context/ asks. */
export function traceparent(request: Request): string | undefined {
  const given = request.headers.get('traceparent') ?? '';
  return TRACEPARENT.test(given) ? given : undefined;
}
