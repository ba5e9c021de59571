import { z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { UpgradeWebSocket, WSEvents } from 'hono/ws';
import type { LoggedEvent } from '../../core/event.ts';
import { type Api, addRoute, authorise, checked } from '../api.ts';
import { NotificationHub, type Subscription } from '../notifications.ts';
import { SECURITY_HEADERS } from '../problem.ts';

/** Between two signs of life, so that proxies keep the connection. */
const HEARTBEAT_MS = 15_000;

/** Bytes that may wait for a slow reader before it is dropped; it resumes by `Last-Event-ID`. */
const WAITING_BYTES_MAX = 1_048_576;

/** https://www.iana.org/assignments/websocket/websocket.xml#close-code-number */
const TRY_AGAIN_LATER = 1013;

const query = z.object({
  after: z.coerce.number().int().min(0).optional().describe('Position to resume after; `Last-Event-ID` does the same'),
  type: z.string().max(1000).optional().describe('One event type, or several with commas'),
});

/** Live events: Server-Sent Events, and WebSocket on the same path where the platform has it. */
export function notificationRoutes(api: Api, upgradeWebSocket: UpgradeWebSocket | undefined): void {
  const { runtime } = api;
  const hub = new NotificationHub(runtime);

  const subscriptionOf = (c: Context): Subscription => {
    const { after, type } = checked(query, c.req.query(), '');
    const lastId = Number(c.req.header('last-event-id') ?? Number.NaN);
    return {
      after: Number.isInteger(lastId) && lastId >= 0 ? lastId : (after ?? runtime.head()),
      types: type === undefined ? undefined : new Set(type.split(',')),
    };
  };

  if (upgradeWebSocket !== undefined) {
    const upgrade = upgradeWebSocket((c) => webSocketEvents(hub, subscriptionOf(c)));
    api.app.get('/v1/notifications', async (c, next) => {
      if (c.req.header('upgrade')?.toLowerCase() !== 'websocket') return next();
      await authorise(api.authenticate, c.req.raw, 'read');
      return upgrade(c, next);
    });
  }

  addRoute(
    api,
    {
      method: 'get',
      path: '/v1/notifications',
      summary: 'Events as they are logged: Server-Sent Events, or WebSocket with `Upgrade: websocket`',
      tag: 'Events',
      scope: 'read',
      query,
      headers: z.object({ 'last-event-id': z.string().optional() }),
      answers: {
        200: { description: '`id` is the position, `event` the type, `data` the event', type: 'text/event-stream' },
      },
      errors: ['overloaded'],
    },
    ({ c }) => {
      // The body of an answer to HEAD is thrown away unread: a stream would never end.
      const body =
        c.req.method === 'HEAD'
          ? null
          : eventStream(hub, subscriptionOf(c), (run) => runtime.ports.scheduler.every(HEARTBEAT_MS, run));
      return new Response(body, {
        headers: { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no', ...SECURITY_HEADERS },
      });
    },
  );
}

function eventStream(
  hub: NotificationHub,
  subscription: Subscription,
  heartbeat: (run: () => void) => () => void,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let stop: () => void = () => undefined;
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        const send = (text: string) => {
          controller.enqueue(encoder.encode(text));
          return (controller.desiredSize ?? 0) > 0;
        };
        send('retry: 2000\n\n');
        let stopHeart: () => void = () => undefined;
        // First, because it refuses a listener too many: its heart must not go on beating.
        const stopHub = hub.listen(
          subscription,
          (event) => send(`id: ${event.position}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`),
          () => {
            stopHeart();
            controller.close();
          },
        );
        stopHeart = heartbeat(() => send(': alive\n\n'));
        stop = () => {
          stopHeart();
          stopHub();
        };
      },
      cancel: () => stop(),
    },
    new ByteLengthQueuingStrategy({ highWaterMark: WAITING_BYTES_MAX }),
  );
}

function webSocketEvents(hub: NotificationHub, subscription: Subscription): WSEvents {
  let stop: () => void = () => undefined;
  return {
    onOpen: (_opened, socket) => {
      try {
        stop = hub.listen(
          subscription,
          (event: LoggedEvent) => {
            socket.send(JSON.stringify(event));
            const waiting = (socket.raw as { bufferedAmount?: number } | undefined)?.bufferedAmount ?? 0;
            return waiting < WAITING_BYTES_MAX;
          },
          () => socket.close(TRY_AGAIN_LATER, 'Too slow: reconnect with ?after=<last position>'),
        );
      } catch {
        // The connection stands already, so a status cannot say it.
        socket.close(TRY_AGAIN_LATER, 'Too many listeners: close one, or try again later');
      }
    },
    onClose: () => stop(),
    onError: () => stop(),
  };
}
