import { boxReachable } from '../api/http.ts';

/** What the box tells as it happens, by Server-Sent Events. */

/** The part of a CloudEvent that screens use. */
export interface Notice {
  readonly type: string;
  readonly subject: string;
  readonly data: unknown;
}

const TYPES = [
  'order.placed',
  'order.accepted',
  'order.rejected',
  'order.cancelled',
  'payment.authorized',
  'payment.declined',
  'shipment.dispatched',
  'inventory.changed',
  'price.changed',
  'promotion.activated',
  'product.updated',
  'dealer.updated',
  'dealer.created',
  'forecast.generated',
  'recommender.output',
  'model.deployed',
  'model.performance.reported',
] as const;

/** Only these are asked for: a run of a model makes thousands of events that no screen shows. */
const STREAM = `/v1/notifications?type=${TYPES.join(',')}`;

type Listener = (notice: Notice) => void;

const listeners = new Set<Listener>();
const REOPEN_MS = 3_000;

/** Calls back for every notice until the returned function is called. */
export function onNotice(listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** Position of the last notice: a stream that the browser gave up on is opened again from there. */
let lastPosition = '';

/** Opens the stream and keeps it open; the browser resumes with Last-Event-ID by itself. */
export function startNotifications(): void {
  const stream = new EventSource(lastPosition === '' ? STREAM : `${STREAM}&after=${lastPosition}`);
  stream.onopen = () => {
    boxReachable.value = true;
  };
  const tell = (message: MessageEvent<string>) => {
    lastPosition = message.lastEventId;
    const notice = parsed(message);
    if (notice !== undefined) for (const listener of listeners) listener(notice);
  };
  for (const type of TYPES) stream.addEventListener(type, tell);
  stream.onmessage = tell;
  stream.onerror = () => {
    // A refused stream is closed for good by the browser; a broken one is opened again by it.
    if (stream.readyState === EventSource.CLOSED) setTimeout(startNotifications, REOPEN_MS);
  };
}

function parsed(message: MessageEvent<string>): Notice | undefined {
  try {
    const event = JSON.parse(message.data) as Partial<Notice>;
    return { type: event.type ?? message.type, subject: event.subject ?? '', data: event.data };
  } catch {
    return undefined;
  }
}
