import { defineCommand } from 'citty';
import { EdgeError } from '../../../src/core/errors.ts';
import { readEvents } from '../../../src/http/cloud-events.ts';
import {
  type DeadLetterStatus,
  deadLetterOf,
  deadLetterRow,
  listDeadLetters,
} from '../../../src/http/read/dead-letters.ts';
import { resolveDeadLetter } from '../../../src/runtime/dead-letters.ts';
import type { Runtime } from '../../../src/runtime.ts';
import { wholeNumber, wrongArgument } from './arguments.ts';
import { fixAtCentre, listAtCentre, settleAtCentre, showAtCentre } from './dlq-centre.ts';
import { withBox } from './open-box.ts';
import { printResult } from './output.ts';
import { everyValue } from './topics-kafka.ts';

const STATUSES = ['open', 'retried', 'discarded', 'all'];

const json = { type: 'boolean', description: 'Print JSON', default: false } as const;
const fromKafka = {
  type: 'boolean',
  description: 'Those of the centre, in Kafka, instead of those of this box',
  default: false,
} as const;
const note = { type: 'string', description: 'With --from-kafka: why, for those who look at it later' } as const;
const id = {
  type: 'positional',
  description: 'The id of the dead letter, as `dlq list` shows it',
  required: true,
} as const;

const list = defineCommand({
  meta: { name: 'list', description: 'Input that could not be applied, newest first' },
  args: {
    status: { type: 'string', description: 'open, retried, discarded or all', default: 'open' },
    limit: { type: 'string', description: 'At most so many', default: '50' },
    'from-kafka': fromKafka,
    dealer: { type: 'string', description: 'With --from-kafka: of this dealer' },
    type: { type: 'string', description: 'With --from-kafka: of this event type' },
    reason: { type: 'string', description: 'With --from-kafka: with this reason code, such as invalid-payload' },
    cursor: { type: 'string', description: 'With --from-kafka: go on after an earlier page' },
    json,
  },
  async run({ args }) {
    if (!STATUSES.includes(args.status))
      throw wrongArgument(`--status is one of ${STATUSES.join(', ')}, not "${args.status}".`);
    if (args['from-kafka']) return listAtCentre(args);
    refuseAtBox(args, ['dealer', 'type', 'reason', 'cursor']);
    const limit = wholeNumber('limit', args.limit, 1, 10_000);
    const status = args.status === 'all' ? undefined : (args.status as DeadLetterStatus);
    const { items, nextCursor } = await withBox((runtime) => listDeadLetters(runtime, { limit, status }));
    printResult(args.json, { items, more: nextCursor !== undefined }, function* () {
      if (items.length === 0) yield `No dead letters${status === undefined ? '' : ` are ${status}`}.`;
      for (const item of items) {
        yield `${item.id}  ${item.receivedAt}  ${item.status.padEnd(9)} ${item.type ?? 'unknown type'}: ${item.reason} (${item.reasonCode})`;
      }
      if (nextCursor !== undefined) yield `There are more; say --limit ${limit * 10}.`;
    });
  },
});

const show = defineCommand({
  meta: { name: 'show', description: 'One dead letter, with what is wrong and the payload as it arrived' },
  args: { id, 'from-kafka': fromKafka, json },
  async run({ args }) {
    if (args['from-kafka']) return showAtCentre(args.id, args.json);
    const letter = await withBox(async (runtime) => deadLetterOf(await deadLetterRow(runtime, args.id)));
    printResult(args.json, letter, function* () {
      yield `${letter.type ?? 'unknown type'} ${letter.eventId ?? '(no id)'}: ${letter.reason} (${letter.reasonCode})`;
      for (const violation of letter.violations as { pointer: string; detail: string }[]) {
        yield `  ${violation.pointer} ${violation.detail}`;
      }
      yield `status ${letter.status}, received ${letter.receivedAt} by ${letter.origin}, ${letter.attempts} tries`;
      yield `${letter.contentType}:`;
      yield letter.payloadText ?? `base64 ${letter.payloadBase64}`;
      if (letter.status === 'open') yield `Next: dealeriq dlq retry ${letter.id}, or dealeriq dlq discard ${letter.id}`;
    });
  },
});

const retry = defineCommand({
  meta: { name: 'retry', description: 'Put open dead letters through the gate again, as they arrived' },
  args: {
    id: { ...id, required: false },
    all: { type: 'boolean', description: 'Every open one', default: false },
    'from-kafka': fromKafka,
    note,
    json,
  },
  async run({ args }) {
    if (args['from-kafka']) return settleAtCentre('retry', args);
    refuseAtBox(args, ['note']);
    await settleAll('retried', args);
  },
});

const fix = defineCommand({
  meta: {
    name: 'fix',
    description:
      'Put a changed payload or changed attributes beside a dead letter in Kafka, for retry; what arrived is kept',
  },
  args: {
    id,
    'from-kafka': fromKafka,
    data: { type: 'string', description: 'The whole payload as JSON, or @file.json' },
    set: { type: 'string', description: 'One place of the payload, such as /lines/0/quantity=3; again for more' },
    attribute: { type: 'string', description: 'A CloudEvents attribute, such as subject=O-17; again for more' },
    note,
    json,
  },
  async run({ args, rawArgs }) {
    if (!args['from-kafka']) {
      throw wrongArgument(
        'Say --from-kafka: only dead letters of the centre can be fixed. A box asks its sender for a right one instead.',
      );
    }
    const { id: letterId, ...rest } = args;
    const repeated = { set: everyValue('set', rawArgs), attribute: everyValue('attribute', rawArgs) };
    await fixAtCentre(letterId, { ...rest, ...repeated });
  },
});

const discard = defineCommand({
  meta: { name: 'discard', description: 'Settle a dead letter without applying it; it stays readable' },
  args: { id, 'from-kafka': fromKafka, note, json },
  async run({ args }) {
    if (args['from-kafka']) return settleAtCentre('discard', { ...args, all: false });
    refuseAtBox(args, ['note']);
    await settleAll('discarded', { ...args, all: false });
  },
});

/** @throws {EdgeError} `validation-failed` for options that mean something at the centre only. */
function refuseAtBox(args: Readonly<Record<string, unknown>>, options: readonly string[]): void {
  const given = options.filter((option) => args[option] !== undefined);
  if (given.length > 0) throw wrongArgument(`--${given.join(', --')} works with --from-kafka only.`);
}

interface Settled {
  readonly id: string;
  readonly status: string;
  readonly problem?: string;
}

async function settleAll(
  status: 'retried' | 'discarded',
  args: { readonly id?: string | undefined; readonly all: boolean; readonly json: boolean },
): Promise<void> {
  if ((args.id === undefined) === !args.all) throw wrongArgument('Name one dead letter, or say --all.');
  const settled = await withBox(async (runtime) => {
    const ids = args.id === undefined ? await openIds(runtime) : [args.id];
    const results: Settled[] = [];
    for (const one of ids) results.push(await settle(runtime, one, status, args.all));
    return results;
  });
  printResult(args.json, args.all ? { items: settled } : settled[0], function* () {
    if (settled.length === 0) yield 'No dead letters are open.';
    for (const one of settled) yield `${one.id}  ${one.status}${one.problem === undefined ? '' : `: ${one.problem}`}`;
  });
  if (settled.some((one) => one.problem !== undefined)) process.exitCode = 1;
}

async function settle(runtime: Runtime, one: string, status: 'retried' | 'discarded', goOn: boolean): Promise<Settled> {
  try {
    const row = await deadLetterRow(runtime, one);
    await resolveDeadLetter(runtime, one, status, status === 'retried' ? incomingOf(row) : undefined);
    return { id: one, status };
  } catch (error) {
    if (!goOn || !(error instanceof EdgeError)) throw error;
    return { id: one, status: 'open', problem: error.detail };
  }
}

/** The event of a dead letter, read from its bytes. An element of a batch lies there as an event of its own. */
function incomingOf(row: Awaited<ReturnType<typeof deadLetterRow>>) {
  const headers = new Headers(JSON.parse(String(row.headers)) as Record<string, string>);
  headers.set('content-type', String(row.content_type).replace(/cloudevents-batch\+json/i, 'cloudevents+json'));
  const [incoming] = readEvents(headers, row.payload as Uint8Array).incoming;
  if (incoming === undefined) throw new EdgeError('contract-violation', 'The payload holds no event.');
  return incoming;
}

async function openIds(runtime: Runtime): Promise<string[]> {
  const rows = await runtime.store.read({
    sql: "SELECT id FROM dead_letters WHERE status = 'open' ORDER BY received_at_ms, id",
  });
  return rows.map((row) => String(row.id));
}

export const dlq = defineCommand({
  meta: {
    name: 'dlq',
    description: 'Dead letters: look at input that could not be applied, try it again, or discard it',
  },
  subCommands: { list, show, fix, retry, discard },
});
