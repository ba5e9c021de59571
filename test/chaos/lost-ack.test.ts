import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../edge/node/config.ts';
import { type EdgeServer, openRuntime, startServer } from '../../edge/node/server.ts';
import { findFaults } from '../support/log-oracle.ts';
import { seededFolder } from '../support/seeded-folder.ts';

const BODY = JSON.stringify({
  lines: [
    { sku: 'HOSE-08', quantity: 2 },
    { sku: 'SEAL-22', quantity: 1 },
  ],
});

describe('an answer that is lost after the commit', () => {
  let folder: Awaited<ReturnType<typeof seededFolder>>;
  let server: EdgeServer;

  const open = async () => {
    const { config } = await loadConfig({ DATA_DIR: folder.path, PORT: '0' }, folder.path);
    server = await startServer(config, await openRuntime(config));
  };

  beforeEach(async () => {
    folder = await seededFolder();
    await open();
  });

  afterEach(async () => {
    await server.close();
    folder.remove();
  });

  const post = (key: string) =>
    fetch(`${server.url}/v1/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
      body: BODY,
    });

  /** Sends an order over a socket that breaks in the moment of its commit, before a byte of the answer. */
  async function placeAndVanish(key: string): Promise<{ heard: number }> {
    const { port } = new URL(server.url);
    const socket = connect(Number(port), '127.0.0.1');
    await once(socket, 'connect');
    let heard = 0;
    socket.on('data', (chunk) => {
      heard += chunk.length;
    });
    const committed = new Promise<void>((resolve) => {
      const stop = server.runtime.subscribe(() => {
        stop();
        socket.resetAndDestroy();
        resolve();
      });
    });
    socket.write(requestText(key));
    await committed;
    await gone(socket);
    return { heard };
  }

  it('leads to the same one order when the client tries again', async () => {
    const { heard } = await placeAndVanish('lost-1');
    expect(heard).toBe(0);
    const again = await post('lost-1');
    const third = await post('lost-1');
    expect([again.status, third.status]).toEqual([200, 200]);
    const order = (await again.json()) as { orderId: string };
    expect(await third.json()).toEqual(order);
    expect(await ordersPlaced()).toEqual([order.orderId]);
  });

  it('leads to the same one order when the box restarts in between', async () => {
    await placeAndVanish('lost-2');
    await server.close();
    await open();
    const again = await post('lost-2');
    expect(again.status).toBe(200);
    expect(await ordersPlaced()).toHaveLength(1);
  });

  it('leads to one order for two tabs and a lost answer together', async () => {
    const [, ...answers] = await Promise.all([placeAndVanish('tabs'), post('tabs'), post('tabs'), post('tabs')]);
    const ids = await Promise.all(
      answers.map(async (answer) => ((await answer.json()) as { orderId: string }).orderId),
    );
    expect(await ordersPlaced()).toEqual([ids[0]]);
    expect(new Set(ids).size).toBe(1);
  });

  it('does not take the key for another order', async () => {
    await placeAndVanish('lost-3');
    const other = await fetch(`${server.url}/v1/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': 'lost-3' },
      body: JSON.stringify({ lines: [{ sku: 'HOSE-08', quantity: 3 }] }),
    });
    expect(other.status).toBe(409);
  });

  it('leaves nothing behind when the body breaks off before its end', async () => {
    const { port } = new URL(server.url);
    const socket = connect(Number(port), '127.0.0.1');
    await once(socket, 'connect');
    const text = requestText('half');
    socket.write(text.slice(0, text.length - 10));
    // Answered after the half request was read, as requests are read in the order in which they come.
    expect((await fetch(`${server.url}/livez`)).status).toBe(200);
    socket.resetAndDestroy();
    await gone(socket);
    expect((await post('half')).status).toBe(201);
    expect(await ordersPlaced()).toHaveLength(1);
  });

  it('leaves whole orders only, after fifty of them', async () => {
    for (let count = 0; count < 50; count += 1) {
      await placeAndVanish(`many-${count}`);
      await post(`many-${count}`);
    }
    expect(await ordersPlaced()).toHaveLength(50);
    await server.close();
    const requested = new Map(Array.from({ length: 50 }, (_, count) => [`many-${count}`, { key: '', body: '' }]));
    expect(await findFaults(folder.path, { answered: new Map(), requested })).toEqual([]);
    await open();
  });

  async function ordersPlaced(): Promise<readonly string[]> {
    const response = await fetch(`${server.url}/v1/events?type=order.placed&limit=500`);
    const { items } = (await response.json()) as { items: { subject: string }[] };
    return items.map((event) => event.subject);
  }
});

function requestText(key: string): string {
  return [
    'POST /v1/orders HTTP/1.1',
    'host: 127.0.0.1',
    'content-type: application/json',
    `idempotency-key: ${key}`,
    `content-length: ${BODY.length}`,
    '',
    BODY,
  ].join('\r\n');
}

async function gone(socket: Socket): Promise<void> {
  if (!socket.closed) await once(socket, 'close');
}
