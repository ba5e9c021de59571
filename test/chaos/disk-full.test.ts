import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BoxProcess, startBoxProcess } from '../support/box-process.ts';
import { findFaults } from '../support/log-oracle.ts';
import type { AnsweredOrder } from '../support/order-load.ts';
import { seededFolder } from '../support/seeded-folder.ts';
import { mountSmallDisk, type SmallDisk } from '../support/small-disk.ts';

const mounted = mountSmallDisk(12);

if (typeof mounted === 'string') {
  describe('a disk that is full', () => {
    it.skip(`SKIPPED: ${mounted}`, () => undefined);
  });
} else {
  fullDisk(mounted);
}

function fullDisk(disk: SmallDisk): void {
  describe('a disk that is full', () => {
    let box: BoxProcess;
    const answered = new Map<string, AnsweredOrder>();
    const requested = new Map<string, { key: string; body: string }>();
    const refused: string[] = [];
    let made = 0;

    beforeAll(async () => {
      await seededFolder(disk.path);
      box = await startBoxProcess(disk.path);
    });

    afterAll(async () => {
      await box.kill();
      disk.remove();
    });

    const order = async (key = `order-${++made}`) => {
      const body = JSON.stringify({
        lines: [
          { sku: 'HOSE-08', quantity: 1 },
          { sku: 'SEAL-22', quantity: 2 },
        ],
        note: 'x'.repeat(900),
      });
      requested.set(key, { key, body });
      const response = await fetch(`${box.url}/v1/orders`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': key },
        body,
      });
      const answer = (await response.json()) as AnsweredOrder & { type?: string; detail?: string };
      if (response.status <= 201) {
        const { orderId, orderNumber, lines, totals } = answer;
        answered.set(key, { orderId, orderNumber, lines, totals });
      } else refused.push(key);
      return { status: response.status, type: answer.type, detail: answer.detail };
    };

    /** Places orders until none is taken any more. */
    const untilRefused = async () => {
      for (;;) {
        const answers = await Promise.all(Array.from({ length: 8 }, () => order()));
        const last = answers.filter((answer) => answer.status !== 201);
        if (last.length > 0) return last;
      }
    };

    it('answers orders with 507 and what to do, every time', async () => {
      await order();
      disk.fill();
      for (const answer of [...(await untilRefused()), await order(), await order()]) {
        expect([answer.status, answer.type]).toEqual([507, 'urn:dealeriq:problem:storage-full']);
        expect(answer.detail).toContain('Free space');
      }
    });

    it('refuses stock movements, tickets and events likewise', async () => {
      const post = async (path: string, body: unknown, type = 'application/json') =>
        (await fetch(box.url + path, { method: 'POST', headers: { 'content-type': type }, body: JSON.stringify(body) }))
          .status;
      const long = 'x'.repeat(9_000);
      expect(await post('/v1/tickets', { title: 't', body: long })).toBe(507);
      expect(
        await post(
          '/v1/events',
          { specversion: '1.0', id: 'e', type: 'no.such', source: 's', data: long },
          'application/cloudevents+json',
        ),
      ).toBe(507);
    });

    it.each(['/v1/orders', '/v1/products?q=hose', '/v1/inventory', '/v1/events', '/v1/sync', '/readyz', '/metrics'])(
      'goes on reading %s',
      async (path) => {
        expect((await fetch(box.url + path)).status).toBe(200);
      },
    );

    it('still repeats the answer to an order that was taken before', async () => {
      const [key = ''] = answered.keys();
      const before = answered.get(key);
      expect((await order(key)).status).toBe(200);
      expect(answered.get(key)).toEqual(before);
    });

    it('takes orders again once there is room, without a restart', async () => {
      disk.free();
      expect((await order()).status).toBe(201);
      // A person tries again with the same key: it was not used up by the refusal.
      for (const key of refused.slice(0, 20)) expect((await order(key)).status).toBe(201);
    });

    it('fills up and recovers again and again', async () => {
      for (let round = 0; round < 3; round += 1) {
        disk.fill();
        for (const answer of await untilRefused()) expect(answer.status).toBe(507);
        disk.free();
        expect((await order()).status).toBe(201);
      }
    });

    it('has no half order afterwards, and none that was refused', async () => {
      expect(await box.stop()).toBe(0);
      expect(await findFaults(disk.path, { answered, requested })).toEqual([]);
      box = await startBoxProcess(disk.path);
      const { head } = (await (await fetch(`${box.url}/v1/events?limit=1`)).json()) as { head: number };
      const { items } = (await (await fetch(`${box.url}/v1/events?type=order.placed&limit=500`)).json()) as {
        items: unknown[];
      };
      expect(Math.min(answered.size, 500)).toBe(items.length);
      expect(head).toBeGreaterThan(answered.size * 3);
    });
  });
}
