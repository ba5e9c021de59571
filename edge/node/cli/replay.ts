import { defineCommand } from 'citty';
import { type ReplayResult, replay as replayLog } from '../../../src/runtime/replay.ts';
import { readMigrations } from '../migrations.ts';
import { openMemoryStore } from '../open-store.ts';
import { wholeNumber, wrongArgument } from './arguments.ts';
import { withBox } from './open-box.ts';
import { printResult } from './output.ts';
import { Progress } from './progress.ts';

export const replay = defineCommand({
  meta: { name: 'replay', description: 'Run a stretch of the log again; a dry run unless told to execute' },
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
    json: { type: 'boolean', description: 'Print JSON', default: false },
  },
  async run({ args }) {
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
