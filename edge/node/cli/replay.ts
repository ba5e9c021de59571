import { defineCommand } from 'citty';
import { type ReplayResult, replay as replayLog } from '../../../src/runtime/replay.ts';
import { readMigrations } from '../migrations.ts';
import { openMemoryStore } from '../open-store.ts';
import { wholeNumber, wrongArgument } from './arguments.ts';
import { withBox } from './open-box.ts';
import { printResult } from './output.ts';
import { Progress } from './progress.ts';
import { replayFromKafka } from './replay-centre.ts';

export const replay = defineCommand({
  meta: {
    name: 'replay',
    description:
      'Run a stretch of the log again; a dry run unless told to execute. With --from-kafka: send events of the centre once more, bounded by what is there at the start, in order of time, those of a dealer and topic in sequence',
  },
  args: {
    'from-position': { type: 'string', description: 'The first position; the start of the log unless given' },
    'to-position': { type: 'string', description: 'The last position; the end of the log unless given' },
    since: { type: 'string', description: 'In place of a position: recorded at this time or later (RFC 3339)' },
    until: { type: 'string', description: 'In place of a position: recorded at this time or earlier (RFC 3339)' },
    into: {
      type: 'string',
      description: 'evaluation derives read models aside and compares; projections derives the live ones again',
      default: 'evaluation',
    },
    projections: { type: 'string', description: 'Only these read models, with commas between' },
    execute: { type: 'boolean', description: 'Do it', default: false },
    'from-kafka': {
      type: 'boolean',
      description: 'Events of the centre, out of Kafka, since --since, to --to; done unless --dry-run',
      default: false,
    },
    to: {
      type: 'string',
      description:
        'With --from-kafka: a dealer id, file:PATH (a CloudEvent in JSON a line; named once it is whole) or topic:NAME',
    },
    type: { type: 'string', description: 'With --from-kafka: only these event types, with commas between' },
    dealer: { type: 'string', description: 'With --from-kafka: only events of these dealers, with commas between' },
    rate: {
      type: 'string',
      description: 'With --from-kafka: events a second; 1000 to a dealer, as fast as it goes elsewhere',
    },
    limit: { type: 'string', description: 'With --from-kafka: at most so many events' },
    id: {
      type: 'string',
      description: 'With --from-kafka: names this replay; the same id goes on where a run was cut off',
    },
    'dry-run': { type: 'boolean', description: 'With --from-kafka: only tell what would be done', default: false },
    json: { type: 'boolean', description: 'Print JSON', default: false },
  },
  async run({ args }) {
    if (args['from-kafka']) {
      refuse(args, BOX_ONLY, 'works on the log of a box, not with --from-kafka');
      return replayFromKafka(args);
    }
    refuse(args, CENTRE_ONLY, 'works with --from-kafka only');
    const { into } = args;
    if (into !== 'projections' && into !== 'evaluation')
      throw wrongArgument(`--into is projections or evaluation, not "${into}".`);
    const request = {
      from: pointOf('from-position', args['from-position'], 'since', args.since),
      to: pointOf('to-position', args['to-position'], 'until', args.until),
      into,
      projections: args.projections?.split(',').map((name) => name.trim()),
      dryRun: !args.execute,
    } as const;
    const progress = new Progress('Replaying');
    const unit = into === 'evaluation' ? 'events' : 'read models';
    const support = { migrations: readMigrations(), openScratch: openMemoryStore };
    const result = await withBox((runtime) =>
      replayLog(runtime, request, support, (done, total) => progress.update(done, total, unit)),
    );
    progress.end();
    printResult(args.json, result, () => lines(result));
    if (result.projections.some((projection) => projection.same === false)) process.exitCode = 1;
  },
});

const BOX_ONLY = ['from-position', 'to-position', 'projections', 'execute'];
const CENTRE_ONLY = ['to', 'type', 'dealer', 'rate', 'limit', 'id', 'dry-run'];

/** @throws {EdgeError} `validation-failed` for an option that the other kind of replay has. */
function refuse(args: Readonly<Record<string, unknown>>, options: readonly string[], why: string): void {
  const given = options.find((option) => args[option] !== undefined && args[option] !== false);
  if (given !== undefined) throw wrongArgument(`--${given} ${why}.`);
}

function* lines(result: ReplayResult): Iterable<string> {
  const did = result.dryRun ? 'Would replay' : 'Replayed';
  yield `${did} ${result.events} events, positions ${result.from} to ${result.to}, into ${result.into}${result.dryRun ? '' : ` in ${result.milliseconds} ms`}`;
  for (const [type, count] of Object.entries(result.byType)) yield `  ${String(count).padStart(9)}  ${type}`;
  for (const { name, rows, sha256, same } of result.projections) {
    const verdict = same === undefined ? '' : same ? '  same as live' : '  DIFFERS from what was live';
    yield `  ${name.padEnd(12)}${rows === undefined ? '' : ` ${String(rows).padStart(9)} rows  ${sha256?.slice(0, 16)}${verdict}`}`;
  }
  if (result.dryRun) yield 'Nothing was done. Say --execute to do it.';
}

function pointOf(positionOption: string, position: string | undefined, timeOption: string, time: string | undefined) {
  if (position !== undefined && time !== undefined) {
    throw wrongArgument(`Give --${positionOption} or --${timeOption}, not both.`);
  }
  if (position !== undefined) return { position: wholeNumber(positionOption, position, 1) };
  if (time === undefined) return undefined;
  if (Number.isNaN(Date.parse(time)))
    throw wrongArgument(`--${timeOption} is a time such as 2026-11-02T09:00:00Z, not "${time}".`);
  return { time };
}
