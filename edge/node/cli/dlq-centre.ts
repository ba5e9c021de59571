import { readFileSync } from 'node:fs';
import { EdgeError } from '../../../src/core/errors.ts';
import { decodeCursor, encodeCursor } from '../../../src/http/cursor.ts';
import {
  createDeadLetterDesk,
  type DeadLetterDesk,
  type Hand,
  type Settled,
} from '../../../sync/bridge/dead-letters/dead-letter-desk.ts';
import type { JsonChange } from '../../../sync/bridge/dead-letters/json-change.ts';
import { decodeLetterId, encodeLetterId } from '../../../sync/bridge/dead-letters/letter-id.ts';
import type { LetterStatus } from '../../../sync/bridge/dead-letters/letter-status.ts';
import { letterDetail, letterSummary } from '../letter-view.ts';
import { wholeNumber, wrongArgument } from './arguments.ts';
import { callerName, lazyCodec, withCentre } from './centre.ts';
import { printResult } from './output.ts';

/** `dealeriq dlq … --from-kafka`: the dead letters of the centre. */

function withDesk<T>(work: (desk: DeadLetterDesk) => Promise<T>): Promise<T> {
  return withCentre((kafka, config) =>
    work(createDeadLetterDesk({ kafka, prefix: config.KAFKA_PREFIX, codec: lazyCodec(config), nowMs: Date.now })),
  );
}

interface ListOptions {
  readonly status: string;
  readonly limit: string;
  readonly dealer?: string | undefined;
  readonly type?: string | undefined;
  readonly reason?: string | undefined;
  readonly cursor?: string | undefined;
  readonly json: boolean;
}

/** A page of them, newest first. */
export async function listAtCentre(options: ListOptions): Promise<void> {
  const { dealer, type, reason: reasonCode, cursor, json } = options;
  const limit = wholeNumber('limit', options.limit, 1, 10_000);
  const status = options.status === 'all' ? undefined : (options.status as LetterStatus['status']);
  const place = cursor === undefined ? undefined : decodeCursor(cursor, ['count', 'count', 'text']);
  const after = place === undefined ? undefined : { storedMs: place[0], partition: place[1], offset: BigInt(place[2]) };
  const { items, next } = await withDesk((desk) => desk.list({ status, dealer, type, reasonCode, after, limit }));
  const nextCursor = next && encodeCursor([next.storedMs, next.partition, String(next.offset)]);
  const shown = items.map(letterSummary);
  printResult(json, { items: shown, ...(nextCursor === undefined ? {} : { nextCursor }) }, function* () {
    if (shown.length === 0) yield `No dead letters in Kafka${status === undefined ? '' : ` are ${status}`}.`;
    for (const one of shown) {
      yield `${one.id}  ${one.receivedAt}  ${one.status.padEnd(9)} ${one.direction.padEnd(4)} ${one.dealer ?? '-'} ${one.type ?? 'unknown type'}: ${one.reason} (${one.reasonCode})`;
    }
    if (nextCursor !== undefined) yield `There are more: --cursor ${nextCursor}`;
  });
}

/** One of them, with its bytes. */
export async function showAtCentre(id: string, json: boolean): Promise<void> {
  const letter = letterDetail(await withDesk((desk) => desk.show(decodeLetterId(id))));
  printResult(json, letter, function* () {
    yield `${letter.type ?? 'unknown type'} ${letter.eventId ?? '(no id)'} of ${letter.dealer ?? 'no dealer'}, on its way ${letter.direction}: ${letter.reason} (${letter.reasonCode})`;
    for (const { pointer, detail } of letter.violations) yield `  ${pointer} ${detail}`;
    yield `status ${letter.status}${letter.by === null ? '' : ` by ${letter.by}`}, ${letter.attempts} tries, received ${letter.receivedAt} from ${letter.origin}`;
    if (letter.note !== null) yield `note: ${letter.note}`;
    if (letter.problem !== null) yield `last try: ${letter.problem}`;
    yield 'headers:';
    for (const [name, value] of Object.entries(letter.headers)) yield `  ${name}: ${value}`;
    yield `${letter.contentType ?? 'no content type'}:`;
    yield letter.payloadText ?? (letter.payloadBase64 === null ? '(no value)' : `base64 ${letter.payloadBase64}`);
    if (letter.fix !== null)
      yield `fix by ${letter.fix.by} at ${letter.fix.at}: ${JSON.stringify({ data: letter.fix.data, attributes: letter.fix.attributes })}`;
    if (letter.status === 'open') {
      yield `Next: dealeriq dlq retry ${letter.id} --from-kafka, after dealeriq dlq fix if it has to change; or dealeriq dlq discard`;
    }
  });
}

interface FixOptions {
  readonly data?: string | undefined;
  readonly set: readonly string[];
  readonly attribute: readonly string[];
  readonly note?: string | undefined;
  readonly json: boolean;
}

/** Puts a fix beside one of them. */
export async function fixAtCentre(id: string, options: FixOptions): Promise<void> {
  const { data, set, attribute, note, json } = options;
  if (data === undefined && set.length === 0 && attribute.length === 0) {
    throw wrongArgument('Say what to change: --data @file.json, --set /pointer=value or --attribute name=value.');
  }
  const fix = {
    ...(data === undefined ? {} : { data: dataOf(data) }),
    changes: set.map(changeOf),
    attributes: Object.fromEntries(attribute.map(attributeOf)),
  };
  const fixed = await withDesk((desk) => desk.fix(decodeLetterId(id), fix, handOf(note)));
  printResult(json, letterDetail(fixed), () => [
    `${encodeLetterId(fixed.letter.id)}  fixed; what arrived is kept. Next: dealeriq dlq retry ${encodeLetterId(fixed.letter.id)} --from-kafka`,
  ]);
}

interface SettleOptions {
  readonly id?: string | undefined;
  readonly all: boolean;
  readonly note?: string | undefined;
  readonly json: boolean;
}

/** Retries or discards one of them, or all that are open. What was done before says so and succeeds. */
export async function settleAtCentre(action: 'retry' | 'discard', options: SettleOptions): Promise<void> {
  const { id, all, note, json } = options;
  if ((id === undefined) === !all) throw wrongArgument('Name one dead letter, or say --all.');
  const results = await withDesk(async (desk) => {
    const done: { id: string; status: string; changed: boolean; problem?: string }[] = [];
    for (const one of id === undefined ? await openIds(desk) : [decodeLetterId(id)]) {
      try {
        done.push(outcomeOf(await desk[action](one, handOf(note))));
      } catch (error) {
        if (!all || !(error instanceof EdgeError) || error.code !== 'contract-violation') throw error;
        done.push({ id: encodeLetterId(one), status: 'open', changed: false, problem: error.detail });
      }
    }
    return done;
  });
  printResult(json, all ? { items: results } : results[0], function* () {
    if (results.length === 0) yield 'No dead letters in Kafka are open.';
    for (const one of results) {
      const before = one.problem === undefined && !one.changed ? ' before; nothing was done' : '';
      yield `${one.id}  ${one.status}${before}${one.problem === undefined ? '' : `: ${one.problem}`}`;
    }
  });
  if (results.some(({ problem }) => problem !== undefined)) process.exitCode = 1;
}

/** Oldest first, as they came. */
async function openIds(desk: DeadLetterDesk): Promise<string[]> {
  const { items } = await desk.list({ status: 'open', limit: Number.MAX_SAFE_INTEGER });
  return items.map(({ letter }) => letter.id).reverse();
}

function outcomeOf({ letter, status, changed }: Settled) {
  return { id: encodeLetterId(letter.id), status: status.status, changed };
}

function handOf(note: string | undefined): Hand {
  return { by: callerName(), note };
}

function dataOf(text: string): unknown {
  const json = text.startsWith('@') ? readText(text.slice(1)) : text;
  try {
    return JSON.parse(json);
  } catch (error) {
    throw wrongArgument(
      `--data is not JSON: ${error instanceof Error ? error.message : error}. A file is given as @file.json.`,
    );
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw wrongArgument(`--data: ${path} cannot be read: ${error instanceof Error ? error.message : error}.`);
  }
}

/** `/lines/0/quantity=3`; what is no JSON is text. */
function changeOf(text: string): JsonChange {
  const at = text.indexOf('=');
  if (at < 1 || !text.startsWith('/'))
    throw wrongArgument(`--set ${text}: say a JSON Pointer and a value, such as /lines/0/quantity=3.`);
  const value = text.slice(at + 1);
  try {
    return { pointer: text.slice(0, at), value: JSON.parse(value) };
  } catch {
    return { pointer: text.slice(0, at), value };
  }
}

function attributeOf(text: string): [string, string] {
  const [, name = '', value = ''] = /^([a-z0-9]+)=(.*)$/s.exec(text) ?? [];
  if (name === '')
    throw wrongArgument(`--attribute ${text}: say a CloudEvents attribute and its value, such as subject=O-17.`);
  return [name, value];
}
