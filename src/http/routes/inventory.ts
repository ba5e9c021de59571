import { z } from '@hono/zod-openapi';
import type { MoveStock } from '../../commands/move-stock.ts';
import type { InventoryChanged } from '../../events/transactional/inventory.ts';
import { type Api, addRoute, json } from '../api.ts';
import { listInventory } from '../read/stock.ts';
import * as schema from '../schemas.ts';
import { idempotencyKey, traceparent } from './orders.ts';

/** Stock and its movements. */
export function inventoryRoutes(api: Api): void {
  const { runtime } = api;

  addRoute(
    api,
    {
      method: 'get',
      path: '/v1/inventory',
      summary: 'Stock now, with the age of each figure',
      tag: 'Inventory',
      scope: 'read',
      query: z.object({
        ...schema.pageQuery,
        q: z.string().max(500).optional(),
        sku: z.string().max(64).optional(),
        state: z.enum(['all', 'low', 'out']).default('all'),
      }),
      answers: { 200: { description: 'A page of stock', schema: schema.page(schema.inventoryItem) } },
    },
    async ({ c, query }) => json(c, await listInventory(runtime, query)),
  );

  addRoute(
    api,
    {
      method: 'post',
      path: '/v1/inventory/movements',
      summary: 'Receive, sell, adjust or take back pieces',
      tag: 'Inventory',
      scope: 'stock',
      body: schema.movementRequest,
      answers: {
        201: { description: 'The stock after the movement', schema: schema.inventoryItem.omit({ name: true }) },
        200: {
          description: 'The same request had been made before: what it led to',
          schema: schema.inventoryItem.omit({ name: true }),
        },
      },
      errors: ['invalid-movement', 'idempotency-conflict', 'storage-full'],
    },
    async ({ c, body }) => {
      const committed = await runtime.execute('move-stock', body as MoveStock, {
        idempotencyKey: idempotencyKey(c.req.raw, false),
        traceparent: traceparent(c.req.raw),
      });
      const moved = committed.events[0]?.data as InventoryChanged;
      const { sku, unit, locationId, onHand, reserved, available, backordered, occurredAt } = moved;
      const ageMs = Math.max(0, runtime.ports.clock.nowMs() - Date.parse(occurredAt));
      return json(
        c,
        { sku, unit, locationId, onHand, reserved, available, backordered, changedAt: occurredAt, ageMs },
        committed.repeated ? 200 : 201,
      );
    },
  );
}
