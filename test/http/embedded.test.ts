import { Hono } from 'hono';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HttpTarget, type LocalTarget, openLocalTarget, posting, stock } from '../support/http-target.ts';

describe('the app mounted in another Hono app', () => {
  let target: LocalTarget;
  const outer = new Hono();
  const mounted: Pick<HttpTarget, 'fetch'> = {
    fetch: async (path, init) => outer.fetch(new Request(`http://shop.example${path}`, init)),
  };

  beforeAll(async () => {
    target = await stock(await openLocalTarget());
    outer.get('/', (c) => c.text('the shop'));
    outer.route('/edge', target.app);
  });
  afterAll(() => target.close());

  it('takes orders under its path and says where they are', async () => {
    const placed = await mounted.fetch(
      '/edge/v1/orders',
      posting({ lines: [{ sku: 'HOSE-08', quantity: 1 }] }, { 'idempotency-key': 'embedded' }),
    );
    expect(placed.status).toBe(201);
    const order = (await placed.json()) as { orderId: string };
    const location = placed.headers.get('location') ?? '';
    expect(location).toBe(`/edge/v1/orders/${order.orderId}`);
    expect(await (await mounted.fetch(location)).json()).toEqual(order);
  });

  it('answers its errors as problems, and leaves the other routes alone', async () => {
    const missing = await mounted.fetch('/edge/v1/orders/none');
    expect([missing.status, missing.headers.get('content-type')]).toEqual([404, 'application/problem+json']);
    const wrong = await mounted.fetch('/edge/v1/orders', { method: 'PUT' });
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, 'GET, HEAD, OPTIONS, POST']);
    expect(await (await mounted.fetch('/')).text()).toBe('the shop');
    expect(await (await mounted.fetch('/nowhere')).text()).toBe('404 Not Found');
  });

  it('streams notifications and describes itself', async () => {
    const stream = await mounted.fetch('/edge/v1/notifications');
    expect(stream.headers.get('content-type')).toBe('text/event-stream');
    await stream.body?.cancel();
    expect((await mounted.fetch('/edge/openapi.json')).status).toBe(200);
  });
});
