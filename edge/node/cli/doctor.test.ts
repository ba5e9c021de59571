import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runCli } from '../../../test/support/cli-process.ts';
import { type EdgeBox, openShop } from '../../../test/support/edge-box.ts';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';
import { checkNode, freeSpace } from './doctor/machine.ts';

let folder: ReturnType<typeof temporaryFolder>;
let box: EdgeBox;
beforeEach(async () => {
  folder = temporaryFolder();
  box = await openShop({ HOSE: 5 }, { folder: folder.path });
  await box.runtime.execute('place-order', { lines: [{ sku: 'HOSE', quantity: 1 }] });
});
afterEach(async () => {
  await box.close();
  folder.remove();
});

interface Finding {
  readonly name: string;
  readonly status: 'ok' | 'warn' | 'fail';
  readonly detail: string;
  readonly fix?: string;
}

async function doctor(env: Record<string, string> = {}) {
  const outcome = await runCli(['doctor', '--json'], { cwd: folder.path, env: { DATA_DIR: folder.path, ...env } });
  const { checks, ...rest } = JSON.parse(outcome.stdout) as { healthy: boolean; checks: Finding[] };
  const find = (name: string) => checks.find((check) => check.name === name);
  return { status: outcome.status, checks, find, ...rest };
}

async function tamper(sql: string): Promise<void> {
  await box.store.batch([{ sql }]);
}

describe('doctor', () => {
  test('of a box in order finds nothing but the missing backup', async () => {
    const { status, healthy, checks } = await doctor();
    expect(checks.filter((check) => check.status !== 'ok').map((check) => check.name)).toEqual(['backup']);
    expect([status, healthy]).toEqual([0, true]);
    expect(checks.filter((check) => check.status !== 'ok' && check.fix === undefined)).toEqual([]);
  }, 30_000);

  test.each([
    ['log', "DELETE FROM events WHERE type = 'price.changed'"],
    ['sequences', 'UPDATE events SET sequence = 5 WHERE sequence = 2'],
    ['read models', 'UPDATE stock SET on_hand = on_hand + 1'],
    ['migrations', "INSERT INTO migrations VALUES ('9999_future', '', 0)"],
  ])(
    'finds what is wrong with %s, and says what to do',
    async (name, sql) => {
      await tamper(sql);
      const { status, find } = await doctor();
      expect(find(name)).toMatchObject({ status: 'fail', fix: expect.any(String) });
      expect(status).toBe(1);
    },
    30_000,
  );

  test.each([
    ['clock', 'UPDATE events SET recorded_at_ms = recorded_at_ms + 86400000'],
    [
      'dead letters',
      "INSERT INTO dead_letters VALUES ('DL-1', 'open', 'gateway', NULL, NULL, 'not-json', 'x', '[]', '', '{}', x'00', 1, 0, NULL)",
    ],
    ['backup', `INSERT INTO meta VALUES ('backup:last', '{"file":"b.db","madeAt":"2026-01-01T00:00:00Z","head":1}')`],
  ])(
    'points out %s',
    async (name, sql) => {
      await tamper(sql);
      const { status, find } = await doctor();
      expect(find(name)).toMatchObject({ status: 'warn', fix: expect.any(String) });
      expect(status).toBe(0);
    },
    30_000,
  );

  test('finds a wrong configuration and a dealer without a profile', async () => {
    const wrong = await doctor({ PORT: 'eighty' });
    expect(wrong.find('configuration')).toMatchObject({ status: 'fail', detail: expect.stringContaining('PORT') });
    expect(wrong.status).toBe(1);
    expect((await doctor({ DEALER_ID: 'D999' })).find('dealer')).toMatchObject({ status: 'warn' });
    expect((await doctor({ DATA_DIR: join(folder.path, 'new') })).find('no database')).toMatchObject({
      status: 'warn',
    });
    writeFileSync(join(folder.path, 'file'), '');
    expect((await doctor({ DATA_DIR: join(folder.path, 'file', 'x') })).status).toBe(1);
  }, 30_000);

  test('judges the program and the disk', () => {
    expect(['18.20.0', '22.17.1', '22.18.0', '24.0.0'].map((version) => checkNode(version).status)).toEqual([
      'fail',
      'fail',
      'ok',
      'ok',
    ]);
    expect([50 * 1024 ** 2, 500 * 1024 ** 2, 5 * 1024 ** 3].map((bytes) => freeSpace(bytes, '/').status)).toEqual([
      'fail',
      'warn',
      'ok',
    ]);
  });
});
