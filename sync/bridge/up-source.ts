import { AckPolicy, type Consumer, DeliverPolicy, type JsMsg, jetstream, jetstreamManager } from '@nats-io/jetstream';
import type { MsgHdrs, NatsConnection } from '@nats-io/nats-core';
import { readAttributes } from '../jetstream/cloud-event-headers.ts';
import { UP } from '../jetstream/streams.ts';

/** An event as it lies in the hub's stream. */
export interface UpMessage {
  readonly streamSequence: number;
  readonly subject: string;
  /** When the hub stored it, in milliseconds since 1970. */
  readonly storedMs: number;
  /** The CloudEvents attributes, without `data`. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Every header as it arrived, by its lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Uint8Array;
}

/** What the stream is now. */
export interface StreamNow {
  /** When it was made: another value is another stream. */
  readonly created: string;
  readonly firstSequence: number;
  readonly lastSequence: number;
}

/** A read of the hub's stream. */
export interface UpSource {
  /** Groups in the stream's order; an empty one when nothing came for a while, or at once when the signal aborts. */
  next(signal: AbortSignal): Promise<readonly UpMessage[]>;
  close(): Promise<void>;
}

/** Messages in one group at the most: what one transaction of Kafka holds. */
const GROUP_MAX = 2_000;

/** Bytes of payload in one group, about. */
const GROUP_BYTES_MAX = 8_000_000;

/** How long one pull waits for something to come, in milliseconds. */
const PULL_MS = 2_000;

/** How long the rest of a group may take, in milliseconds; half of it without a sign of the server is a failure. */
const FETCH_MS = 10_000;

/** The server forgets a consumer that nobody reads for so long, in nanoseconds. */
const INACTIVE_NS = 60_000_000_000;

/** What the stream of everything that goes up is now. */
export async function streamNow(nc: NatsConnection): Promise<StreamNow> {
  const { created, state } = await (await managerOf(nc)).streams.info(UP);
  return { created: String(created), firstSequence: state.first_seq, lastSequence: state.last_seq };
}

/** The dealers that the stream has something of. */
export async function dealersInStream(nc: NatsConnection): Promise<Set<string>> {
  const { state } = await (await managerOf(nc)).streams.info(UP, { subjects_filter: 'dealeriq.up.>' });
  return new Set(Object.keys(state.subjects ?? {}).map((subject) => dealerOfSubject(subject)));
}

/** `D042` of `dealeriq.up.D042.live.order.placed`. */
export function dealerOfSubject(subject: string): string {
  return subject.split('.', 3)[2] ?? '';
}

/** The message at a place of the stream, or the first of a subject from there on; `undefined` when there is none. */
export async function messageAt(
  nc: NatsConnection,
  sequence: number,
  nextBySubject?: string,
): Promise<UpMessage | undefined> {
  const query = { seq: sequence, ...(nextBySubject === undefined ? {} : { next_by_subj: nextBySubject }) };
  const message = await nc.request(`$JS.API.DIRECT.GET.${UP}`, JSON.stringify(query), { timeout: 10_000 });
  const headers = headersOf(message);
  const code = headers?.code ?? 0;
  if (code === 404) return undefined;
  if (code >= 400) throw new Error(`The hub answered ${code} ${headers?.description} for place ${sequence}.`);
  const of = (name: string) => headers?.get(name) ?? '';
  return {
    // Headers that cannot be read hide the place too; the one that was asked for is not after it.
    streamSequence: Number(of('Nats-Sequence') || sequence),
    subject: of('Nats-Subject'),
    storedMs: Date.parse(of('Nats-Time-Stamp')),
    attributes: readAttributes(headers).attributes,
    headers: {},
    bytes: message.data,
  };
}

/**
 * Reads some dealers' events from a place of the stream on. The next group is fetched while the caller works on one.
 * The consumer keeps no state at the hub: Kafka's checkpoint says where to go on.
 */
export async function openUpSource(
  nc: NatsConnection,
  dealerIds: readonly string[],
  fromSequence: number,
): Promise<UpSource> {
  const manager = await managerOf(nc);
  const created = await manager.consumers.add(UP, {
    ack_policy: AckPolicy.None,
    deliver_policy: DeliverPolicy.StartSequence,
    opt_start_seq: Math.max(1, fromSequence),
    filter_subjects: dealerIds.map((dealerId) => `dealeriq.up.${dealerId}.>`),
    inactive_threshold: INACTIVE_NS,
    mem_storage: true,
  });
  const consumer = jetstream(nc, { checkAPI: false }).consumers.getConsumerFromInfo(created);
  let delivered = 0;
  let averageBytes = 1_000;
  const pull = async () => {
    const messages = await pullGroup(consumer, Math.ceil(GROUP_BYTES_MAX / averageBytes));
    for (const message of messages) {
      delivered += 1;
      // A delivery that got lost on the way would be a gap; the caller starts again from the checkpoint.
      if (message.info.deliverySequence !== delivered) {
        throw new Error(`The hub delivered ${message.info.deliverySequence} where ${delivered} was next.`);
      }
    }
    const bytes = messages.reduce((sum, message) => sum + message.data.length, 0);
    if (messages.length > 0) averageBytes = Math.max(1, bytes / messages.length);
    return messages;
  };
  let ahead = settled(pull());
  return {
    async next(signal) {
      const aborted = Promise.withResolvers<undefined>();
      const stop = () => aborted.resolve(undefined);
      signal.addEventListener('abort', stop);
      if (signal.aborted) stop();
      const group = await Promise.race([ahead, aborted.promise]);
      signal.removeEventListener('abort', stop);
      if (group === undefined) return [];
      const { messages, error } = group;
      if (error !== undefined) throw error;
      ahead = settled(pull());
      return messages.map(messageOf);
    },
    async close() {
      // The server answers a pull that waits, once its consumer is gone.
      await manager.consumers.delete(UP, created.name).catch(() => undefined);
    },
  };
}

/** A pull that runs ahead must not be an unhandled rejection before somebody asks for it. */
async function settled(work: Promise<JsMsg[]>): Promise<{ messages: JsMsg[]; error?: unknown }> {
  try {
    return { messages: await work };
  } catch (error) {
    return { messages: [], error };
  }
}

/** Waits for one message, then takes what else is there. */
async function pullGroup(consumer: Consumer, countMax: number): Promise<JsMsg[]> {
  const first = await consumer.next({ expires: PULL_MS });
  if (first === null) return [];
  const group = [first];
  const more = Math.min(GROUP_MAX - 1, first.info.pending, countMax);
  if (more < 1) return group;
  for await (const message of await consumer.fetch({ max_messages: more, expires: FETCH_MS })) group.push(message);
  return group;
}

function messageOf(message: JsMsg): UpMessage {
  const read = headersOf(message);
  const headers: Record<string, string> = {};
  for (const [name, [value = '']] of read ?? []) headers[name.toLowerCase()] = value;
  return {
    streamSequence: message.seq,
    subject: message.subject,
    storedMs: Math.floor(message.info.timestampNanos / 1e6),
    attributes: readAttributes(read).attributes,
    headers,
    bytes: message.data,
  };
}

/**
 * The headers of a message, none where the client cannot read them, such as for a carriage return within a value: then it is
 * a dead letter like any other, and does not stop what follows.
 */
function headersOf(message: { readonly headers?: MsgHdrs | undefined }): MsgHdrs | undefined {
  try {
    return message.headers;
  } catch {
    return undefined;
  }
}

/** Without the check of the account, which the bridge's credentials do not allow. */
function managerOf(nc: NatsConnection) {
  return jetstreamManager(nc, { checkAPI: false });
}
