import { EdgeError } from '../../../src/core/errors.ts';
import { faultPoint } from '../fault-points.ts';
import { Fenced, type Kafka, KafkaError, type KafkaRecord } from '../kafka.ts';
import type { PayloadCodec } from '../registry/payload-codec.ts';
import { readStretch } from '../replay/bounded-read.ts';
import { type JsonChange, withChanges } from './json-change.ts';
import { encodeLetterId } from './letter-id.ts';
import { allStatuses, type LetterPlace, lettersNewestFirst, statusOf } from './letter-reader.ts';
import { type LetterStatus, statusRecord, UNTOUCHED } from './letter-status.ts';
import { arrivedData, originalAttributes, retryRecord, sha256Of } from './retry-record.ts';
import type { StoredLetter } from './stored-letter.ts';

export interface DeskOptions {
  readonly kafka: Kafka;
  readonly prefix: string;
  /** Called when a payload has to be read or written; looking and discarding need no registry. */
  readonly codec: () => Promise<PayloadCodec>;
  readonly nowMs: () => number;
}

/** A dead letter and what became of it. */
export interface Letter {
  readonly letter: StoredLetter;
  readonly status: LetterStatus;
}

export interface LetterQuery {
  readonly status?: LetterStatus['status'] | undefined;
  readonly dealer?: string | undefined;
  readonly type?: string | undefined;
  readonly reasonCode?: string | undefined;
  readonly after?: LetterPlace | undefined;
  readonly limit: number;
}

/** Who did it, and why. */
export interface Hand {
  readonly by: string;
  readonly note?: string | undefined;
}

export interface Fix {
  /** The payload in place of the one that arrived; absent: that one. */
  readonly data?: unknown;
  /** Places of the payload, as it is with `data` or an earlier fix, that are to be something else. */
  readonly changes?: readonly JsonChange[];
  readonly attributes: Readonly<Record<string, string>>;
}

/** `changed` is false where it was done before. */
export type Settled = Letter & { readonly changed: boolean };

/** Dead letters in Kafka: look at them, fix, retry and discard them. */
export interface DeadLetterDesk {
  /** Newest first. `next` is where the next page begins. */
  list(query: LetterQuery): Promise<{ readonly items: readonly Letter[]; readonly next?: LetterPlace }>;
  /** @throws {EdgeError} `not-found`. */
  show(id: string): Promise<Letter>;
  /**
   * Puts a fix beside a dead letter, on top of an earlier one; what arrived stays.
   * @throws {EdgeError} `not-found`; `conflict` when it is settled; `validation-failed` for attributes that name it, and for
   *   changes of what is not there.
   */
  fix(id: string, fix: Fix, hand: Hand): Promise<Settled>;
  /**
   * Puts it through the gate again and into its topic, with the identity that it had, exactly once: the event and the
   * word that it was retried are one transaction.
   * @throws {EdgeError} `not-found`; `conflict` when it was discarded; `contract-violation` when it still does not fit,
   *   which is noted; `registry-unavailable`.
   */
  retry(id: string, hand: Hand): Promise<Settled>;
  /** @throws {EdgeError} `not-found`; `conflict` when it was retried. */
  discard(id: string, hand: Hand): Promise<Settled>;
}

/** What names an event: a fix may add it where it is missing, and never changes it. */
const IDENTITY = ['id', 'source', 'dealerid', 'deviceid', 'lane', 'epoch', 'sequence'];

/** The transactional id of everybody who settles dead letters: whoever comes later fences who came before. */
export function deskTransactionalId(prefix: string): string {
  return `${prefix}-operator-dlq`;
}

interface Change {
  readonly status: LetterStatus;
  readonly records: readonly KafkaRecord[];
  /** Thrown once the change is committed. */
  readonly failure?: EdgeError;
}

export function createDeadLetterDesk({ kafka, prefix, codec, nowMs }: DeskOptions): DeadLetterDesk {
  const now = () => new Date(nowMs()).toISOString();
  // One at a time: two of this process would fence each other.
  let line: Promise<unknown> = Promise.resolve();
  const inLine = <Result>(work: () => Promise<Result>): Promise<Result> => {
    const result = line.then(work);
    line = result.catch(() => undefined);
    return result;
  };

  const find = async (id: string): Promise<StoredLetter> => {
    for await (const letter of lettersNewestFirst(kafka, prefix)) if (letter.id === id) return letter;
    throw new EdgeError('not-found', `There is no dead letter ${encodeLetterId(id)} in ${prefix}.dlq.`);
  };

  /** Reads what became of a dead letter once nobody else can change it, and commits what `decide` makes of that. */
  const change = async (
    id: string,
    decide: (letter: StoredLetter, status: LetterStatus) => Promise<Change | undefined> | Change | undefined,
  ): Promise<Settled> => {
    const letter = await find(id);
    const producer = await kafka.producer(deskTransactionalId(prefix));
    try {
      faultPoint('dlq-after-init');
      const before = (await statusOf(kafka, prefix, id)) ?? UNTOUCHED;
      const wanted = await decide(letter, before);
      if (wanted === undefined) return { letter, status: before, changed: false };
      await producer.begin();
      faultPoint('dlq-after-begin');
      await producer.send([...wanted.records, statusRecord(prefix, id, wanted.status)]);
      faultPoint('dlq-after-send');
      await producer.commit();
      faultPoint('dlq-after-commit');
      if (wanted.failure !== undefined) throw wanted.failure;
      return { letter, status: wanted.status, changed: true };
    } catch (error) {
      throw explained(error, id);
    } finally {
      await producer.close();
    }
  };

  return {
    async list(query) {
      const statuses = await allStatuses(kafka, prefix);
      const items: Letter[] = [];
      for await (const letter of lettersNewestFirst(kafka, prefix, query.after)) {
        const status = statuses.get(letter.id) ?? UNTOUCHED;
        if (!matches(letter, status, query)) continue;
        const last = items.at(-1)?.letter;
        if (items.length === query.limit && last !== undefined) return { items, next: last };
        items.push({ letter, status });
      }
      return { items };
    },
    async show(id) {
      const [letter, status] = await Promise.all([find(id), statusOf(kafka, prefix, id)]);
      return { letter, status: status ?? UNTOUCHED };
    },
    fix: (id, fix, hand) =>
      inLine(() =>
        change(id, async (letter, before) => {
          refuseSettled(letter, before, 'open');
          refuseIdentity(letter, fix);
          const data = await fixedData(letter, before.fix?.data, fix, codec);
          const at = now();
          const { by, note } = hand;
          const beside = {
            ...(data === undefined ? {} : { data }),
            attributes: { ...before.fix?.attributes, ...fix.attributes },
            originalSha256: sha256Of(letter),
            at,
            by,
            ...(note === undefined ? {} : { note }),
          };
          return { status: { ...before, status: 'open', at, by, fix: beside }, records: [] };
        }),
      ),
    retry: (id, hand) =>
      inLine(() =>
        change(id, async (letter, before) => {
          if (before.status === 'retried') return undefined;
          refuseSettled(letter, before, 'open');
          const tried = { ...before, ...given(hand), at: now(), attempts: before.attempts + 1 };
          try {
            const keyOf = (one: StoredLetter) => keyOfOrigin(kafka, one);
            const record = await retryRecord(letter, before.fix, { codec: await codec(), prefix, nowMs, keyOf });
            const { problem: _gone, ...rest } = tried;
            return { status: { ...rest, status: 'retried' }, records: [record] };
          } catch (error) {
            if (!(error instanceof EdgeError) || error.code !== 'contract-violation') throw error;
            return { status: { ...tried, problem: error.detail }, records: [], failure: error };
          }
        }),
      ),
    discard: (id, hand) =>
      inLine(() =>
        change(id, (letter, before) => {
          if (before.status === 'discarded') return undefined;
          refuseSettled(letter, before, 'open');
          return { status: { ...before, ...given(hand), status: 'discarded', at: now() }, records: [] };
        }),
      ),
  };
}

function matches(letter: StoredLetter, { status }: LetterStatus, query: LetterQuery): boolean {
  return (
    (query.status === undefined || query.status === status) &&
    (query.dealer === undefined || query.dealer === (letter.attributes.dealerid ?? letter.key)) &&
    (query.type === undefined || query.type === letter.attributes.type) &&
    (query.reasonCode === undefined || query.reasonCode === letter.reasonCode)
  );
}

function given({ by, note }: Hand) {
  return { by, ...(note === undefined ? {} : { note }) };
}

function refuseSettled({ id }: StoredLetter, { status, at, by }: LetterStatus, wanted: 'open'): void {
  if (status === wanted) return;
  throw new EdgeError('conflict', `Dead letter ${encodeLetterId(id)} was ${status} by ${by} at ${at}; it stays so.`);
}

function refuseIdentity(letter: StoredLetter, { attributes }: Fix): void {
  const original = originalAttributes(letter);
  const changed = IDENTITY.filter(
    (name) => name in attributes && typeof original[name] === 'string' && original[name] !== attributes[name],
  );
  if (changed.length === 0) return;
  throw new EdgeError(
    'validation-failed',
    `A fix does not change what names an event: ${changed.join(', ')} of ${encodeLetterId(letter.id)} stay as they arrived.`,
    {
      violations: changed.map((name) => ({ pointer: `/attributes/${name}`, code: 'identity', detail: 'has to stay' })),
    },
  );
}

/** The payload that a fix leads to; `undefined` when it is the one that arrived. */
async function fixedData(
  letter: StoredLetter,
  before: unknown,
  { data, changes = [] }: Fix,
  codec: () => Promise<PayloadCodec>,
): Promise<unknown> {
  const base = data ?? before;
  if (changes.length === 0) return base;
  return withChanges(base ?? (await arrivedData(letter, codec)), changes);
}

/** The key that the record had in its topic; its dealer's where the topic no longer has it. */
async function keyOfOrigin(kafka: Kafka, letter: StoredLetter): Promise<string> {
  const [, topic = '', partition = '0', offset = '0'] = /^(.+)\/(\d+)\/(\d+)$/.exec(letter.origin) ?? [];
  const place = BigInt(offset);
  const bounds = (await kafka.admin().bounds(topic)).find((one) => one.partition === Number(partition));
  if (bounds !== undefined && place >= bounds.first && place < bounds.end) {
    const stretch = { topic, partition: Number(partition), from: place, end: place + 1n };
    for await (const { key } of readStretch(kafka.reader(), stretch)) {
      if (key !== undefined) return new TextDecoder().decode(key);
    }
  }
  return letter.attributes.dealerid ?? letter.attributes.subject ?? letter.key;
}

function explained(error: unknown, id: string): unknown {
  if (error instanceof Fenced) {
    return new EdgeError(
      'conflict',
      `Somebody else began to settle a dead letter meanwhile, so ${encodeLetterId(id)} is as it was. Look at it, and try again.`,
      { cause: error },
    );
  }
  if (error instanceof KafkaError && error.code === 'must-reopen') {
    return new EdgeError(
      'conflict',
      `Kafka did not say whether the change of ${encodeLetterId(id)} was committed. Run the same again: what is done already is not done twice.`,
      { cause: error },
    );
  }
  return error;
}
