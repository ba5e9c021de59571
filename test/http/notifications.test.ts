import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import { limits } from '../../src/core/limits.ts';
import { EventSourceReader, type SseEvent } from '../support/event-source.ts';
import { openLocalTarget, stock } from '../support/http-target.ts';
import { type LocalServer, startLocalServer } from '../support/local-server.ts';

describe('notifications over real sockets', () => {
  let server: LocalServer;

  beforeEach(async () => {
    server = await startLocalServer();
  });

  afterEach(() => server.dispose());

  const sse = (query = '', headers: Record<string, string> = {}) =>
    EventSourceReader.open(`${server.url}/v1/notifications${query}`, headers);
  const positionsOf = (events: readonly SseEvent[]) => events.map((event) => event.data.position);
  const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

  it('streams what is logged from now on, with id, event and data', async () => {
    const head = server.runtime.head();
    const reader = await sse();
    expect([reader.status, reader.headers['content-type']]).toEqual([200, 'text/event-stream']);
    expect((await server.place('a')).status).toBe(201);
    const events = await reader.until((all) => all.length === 2);
    expect(events.map((event) => [Number(event.id), event.event])).toEqual([
      [head + 1, 'order.placed'],
      [head + 2, 'inventory.changed'],
    ]);
    reader.vanish();
  });

  it('resumes by Last-Event-ID without a gap or a repeat while orders are placed', async () => {
    const first = server.runtime.head() + 1;
    const placing = (async () => {
      for (let wave = 0; wave < 20; wave += 1) {
        await Promise.all(range(1, 10).map((number) => server.place(`resume-${wave}-${number}`)));
      }
    })();
    const seen: number[] = [];
    let lastId = String(first - 1);
    const last = first + 20 * 10 * 2 - 1;
    while (seen.at(-1) !== last) {
      const reader = await sse('', { 'last-event-id': lastId });
      // Breaks off in the middle, again and again.
      const events = await reader.until((all) => all.length >= 37 || all.at(-1)?.data.position === last);
      reader.vanish();
      const taken = events.slice(0, 37);
      seen.push(...positionsOf(taken));
      lastId = taken.at(-1)?.id ?? lastId;
    }
    await placing;
    expect(seen).toEqual(range(first, last));
  });

  it('takes ?after where a header cannot be set, and the header before it', async () => {
    const byQuery = await sse('?after=2');
    expect(positionsOf(await byQuery.until((all) => all.length >= 3)).slice(0, 3)).toEqual([3, 4, 5]);
    const both = await sse('?after=2', { 'last-event-id': '7' });
    expect(positionsOf(await both.until((all) => all.length >= 1))[0]).toBe(8);
    const broken = await sse('?after=4', { 'last-event-id': 'not-a-number' });
    expect(positionsOf(await broken.until((all) => all.length >= 1))[0]).toBe(5);
    for (const reader of [byQuery, both, broken]) reader.vanish();
  });

  it('keeps to the types that were asked for', async () => {
    const reader = await sse('?after=0&type=order.placed,dealer.created');
    await server.place('typed');
    const events = await reader.until((all) => all.length === 2);
    expect(events.map((event) => event.event)).toEqual(['dealer.created', 'order.placed']);
    reader.vanish();
  });

  it('gives the same events over WebSocket, after a position and of a type', async () => {
    await server.place('ws-1');
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/v1/notifications?after=0&type=order.placed`);
    const received: { type: string; position: number }[] = [];
    const two = new Promise<void>((resolve) => {
      socket.on('message', (message: Buffer) => {
        received.push(JSON.parse(message.toString()) as { type: string; position: number });
        if (received.length === 2) resolve();
      });
    });
    await once(socket, 'open');
    await server.place('ws-2');
    await two;
    expect(received.map((event) => event.type)).toEqual(['order.placed', 'order.placed']);
    expect(received[1]?.position).toBeGreaterThan(received[0]?.position ?? 0);
    socket.close();
  });

  it('refuses a WebSocket that asks for nonsense, and lives on', async () => {
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/v1/notifications?after=nonsense`);
    const [, response] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number }];
    expect(response.statusCode).toBe(422);
    expect((await server.place('alive')).status).toBe(201);
  });

  it('lets a client go that vanished, and answers 503 to one too many', async () => {
    const readers = await Promise.all(range(1, limits.notificationStreams).map(() => sse()));
    expect(readers.every((reader) => reader.status === 200)).toBe(true);
    const refused = await fetch(`${server.url}/v1/notifications`);
    expect([refused.status, ((await refused.json()) as { type: string }).type]).toEqual([
      503,
      'urn:dealeriq:problem:overloaded',
    ]);
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/v1/notifications`);
    const [code] = (await once(socket, 'close')) as [number];
    expect(code).toBe(1013);
    for (const reader of readers) reader.vanish();
    await vi.waitFor(async () => {
      const again = await sse();
      again.vanish();
      expect(again.status).toBe(200);
    });
    expect((await server.place('after')).status).toBe(201);
  });

  it('ends the streams when the box stops', async () => {
    const reader = await sse();
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/v1/notifications`);
    await once(socket, 'open');
    const closed = once(socket, 'close');
    await server.place('last');
    await reader.until((all) => all.length === 2);
    await server.close();
    await expect(reader.until((all) => all.length === 3)).rejects.toThrow('ended');
    expect((await closed)[0]).toBe(1001);
  });
});

describe('a stream of notifications', () => {
  it('shows signs of life, and none after it was left', async () => {
    const target = await stock(await openLocalTarget());
    const beats: (() => void)[] = [];
    let stopped = 0;
    const every = vi.spyOn(target.runtime.ports.scheduler, 'every').mockImplementation((everyMs, run) => {
      expect(everyMs).toBe(15_000);
      beats.push(run);
      return () => {
        stopped += 1;
      };
    });
    const response = await target.fetch('/v1/notifications');
    const reader = response.body?.getReader();
    const decoder = new TextDecoder();
    expect(decoder.decode((await reader?.read())?.value)).toBe('retry: 2000\n\n');
    beats[0]?.();
    expect(decoder.decode((await reader?.read())?.value)).toBe(': alive\n\n');
    await reader?.cancel();
    expect(stopped).toBe(1);
    every.mockRestore();
    await target.close();
  });

  it('is not opened for HEAD, however often', async () => {
    const target = await openLocalTarget();
    for (let count = 0; count < limits.notificationStreams + 1; count += 1) {
      expect((await target.fetch('/v1/notifications', { method: 'HEAD' })).status).toBe(200);
    }
    const response = await target.fetch('/v1/notifications');
    expect(response.status).toBe(200);
    await response.body?.cancel();
    await target.close();
  });

  it('drops a reader that does not read, which can come back for the rest', async () => {
    const target = await stock(await openLocalTarget());
    const body = 'x'.repeat(9_000);
    const response = await target.fetch('/v1/notifications?type=ticket.created');
    for (let wave = 0; wave < 3; wave += 1) {
      await Promise.all(
        Array.from({ length: 50 }, () =>
          target.fetch('/v1/tickets', {
            method: 'POST',
            headers: { 'content-type': 'application/json' },
            body: JSON.stringify({ title: 't', body }),
          }),
        ),
      );
    }
    const text = await response.text();
    const ids = [...text.matchAll(/^id: (\d+)$/gm)].map((match) => Number(match[1]));
    expect(ids.length).toBeGreaterThan(50);
    expect(ids.length).toBeLessThan(150);
    const rest = await target.fetch('/v1/notifications?type=ticket.created', {
      headers: { 'last-event-id': String(ids.at(-1)) },
    });
    const reader = rest.body?.getReader();
    let more = '';
    const decoder = new TextDecoder();
    while ((more.match(/^id: /gm) ?? []).length < 150 - ids.length)
      more += decoder.decode((await reader?.read())?.value, { stream: true });
    await reader?.cancel();
    const resumed = [...more.matchAll(/^id: (\d+)$/gm)].map((match) => Number(match[1]));
    expect(new Set([...ids, ...resumed]).size).toBe(150);
    await target.close();
  });
});
