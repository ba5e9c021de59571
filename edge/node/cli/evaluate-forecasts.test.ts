import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { runCli } from '../../../test/support/cli-process.ts';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';

const folder = temporaryFolder();
afterAll(folder.remove);

const METHODS = [
  'seasonal-naive',
  'croston',
  'sba',
  'tsb',
  'discounted-mean',
  'theta',
  'ets',
  'ets+theta',
  'global',
  'ets+theta+global',
  'router',
] as const;

interface Printed {
  readonly series: number;
  readonly tooShort: number;
  readonly scores: readonly { readonly method: string; readonly wql: number | null; readonly mase: number | null }[];
  readonly chosen: Readonly<Record<string, number>>;
}

/** Writes series as CSV and forecasts their last four points, with a season of four. */
function evaluate(rows: readonly string[], ...more: readonly string[]) {
  const data = join(folder.path, 'data.csv');
  writeFileSync(data, `${rows.join('\n')}\n`);
  return runCli(['evaluate', 'forecasts', '--data', data, '--horizon', '4', '--season', '4', ...more], {
    cwd: folder.path,
  });
}

async function scored(rows: readonly string[]): Promise<Printed> {
  const { status, stdout, stderr } = await evaluate(rows, '--json');
  expect(stderr).not.toContain('Error');
  expect(status).toBe(0);
  return JSON.parse(stdout) as Printed;
}

const row = (name: string, ...cells: readonly (number | string)[]) => [name, ...cells].join(',');
const HEADER = row('series', ...Array.from({ length: 24 }, (_, at) => `t${at + 1}`));
const SEASONAL = row(
  'oil',
  ...Array.from({ length: 24 }, (_, at) => 20 + at + 8 * Math.round(Math.sin((Math.PI * at) / 2))),
);
const SPORADIC = row('hub', ...Array.from({ length: 24 }, (_, at) => (at % 5 === 0 ? 2 : 0)));

describe('dealeriq evaluate forecasts', () => {
  test('prints a line a method and what the router chose', async () => {
    const { status, stdout } = await evaluate([HEADER, SEASONAL, SPORADIC]);
    expect(status).toBe(0);
    const lines = stdout.split('\n');
    expect(lines[0]).toBe('2 series, the last 4 points of each as the test, season 4; 0 too short.');
    expect(lines[1]).toMatch(/^method +WQL +MASE +in 80 % +q95 +q99 +seconds$/);
    expect(lines.slice(2, 13).map((line) => line.split(' ')[0])).toEqual(METHODS);
    expect(stdout).toContain('The router chose ');
  }, 20_000);

  test('prints the same as JSON: the seasonal naive misses a trend of one a period by four', async () => {
    const { series, scores, chosen } = await scored([HEADER, SEASONAL]);
    expect(series).toBe(1);
    expect(scores.map(({ method }) => method)).toEqual(METHODS);
    expect(scores[0]?.mase).toBeCloseTo(1, 9);
    expect(Object.values(chosen).reduce((sum, count) => sum + count, 0)).toBe(1);
  }, 20_000);

  test('takes zeros, returns, gaps and short series, and leaves out those without a history', async () => {
    const { series, tooShort, scores } = await scored([
      HEADER,
      SPORADIC,
      row('zeros', ...new Array(24).fill(0)),
      row('returns', ...Array.from({ length: 24 }, (_, at) => (at % 3 === 0 ? -1 : 2))),
      row('gaps', ...Array.from({ length: 24 }, (_, at) => (at % 4 === 1 ? '' : at % 4 === 2 ? 'NA' : 5))),
      row('one', 3),
      row('five', 1, 0, 2, 1, 3),
      row('nothing', ...new Array(24).fill('')),
    ]);
    expect({ series, tooShort }).toEqual({ series: 5, tooShort: 2 });
    for (const { wql, mase } of scores) {
      expect(wql).toBeGreaterThan(0);
      expect(mase).toBeGreaterThan(0);
    }
  }, 20_000);

  test('has no measure where there is nothing but zeros, and does not fail', async () => {
    const { scores } = await scored([HEADER, row('zeros', ...new Array(24).fill(0))]);
    for (const { wql, mase } of scores) expect([wql, mase]).toEqual([null, null]);
  }, 20_000);

  test.each([
    ['another header', ['sku,t1,t2', 'a,1,2'], 'Its header is series,t1,t2,…'],
    ['a cell that is no number', ['series,t1,t2', 'a,1,2', 'b,1,many'], 'row 3: "many" is no number'],
    ['an empty file', [], 'Its header is series,t1,t2,…'],
    ['series no longer than the horizon', ['series,t1', 'a,7'], 'has more than 4 points. Lower --horizon.'],
  ])('refuses %s and says so', async (_, rows, said) => {
    const { status, stdout, stderr } = await evaluate(rows);
    expect(status).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toContain(said);
  });
});
