import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';

const script = fileURLToPath(new URL('../../scripts/generate-events.ts', import.meta.url));
const root = mkdtempSync(join(tmpdir(), 'dealeriq-events-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

function generate(...flags: string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, '--root', root, ...flags], {
    encoding: 'utf8',
  });
  return { status, output: stdout + stderr };
}

/** Changes a generated file, runs the generator, and says whether the change is still there. */
function afterEditing(path: string, from: string, to: string, ...flags: string[]) {
  const file = join(root, path);
  const original = readFileSync(file, 'utf8');
  const edited = original.replace(from, to);
  if (edited === original) throw new Error(`${path} has no ${from}`);
  writeFileSync(file, edited);
  const result = generate(...flags);
  const kept = readFileSync(file, 'utf8') === edited;
  writeFileSync(file, original);
  return { ...result, kept };
}

const event = 'test/golden/order.placed.v1.json';
const schema = 'test/golden/schemas/order.placed.v1.schema.json';
const avro = 'test/golden/schemas/order.placed.v1.avsc';

// Each step starts a process of its own, which may be slow on a busy machine.
describe('scripts/generate-events.ts', { timeout: 60_000 }, () => {
  test('finds everything missing, writes it, and is content', () => {
    expect(generate('--check').status).toBe(1);
    expect(generate().status).toBe(0);
    expect(generate('--check')).toMatchObject({ status: 0, output: expect.stringContaining('up to date') });
  });

  test('never overwrites a stored event, unless told to', () => {
    const refused = afterEditing(event, '"epoch":1', '"epoch":7');
    expect(refused).toMatchObject({ status: 1, kept: true, output: expect.stringContaining(`refused: ${event}`) });
    expect(afterEditing(event, '"epoch":1', '"epoch":7', '--accept')).toMatchObject({ status: 0, kept: false });
  });

  test.each([
    ['a schema', schema, '"maxLength": 1000', '"maxLength": 2000'],
    ['an Avro schema', avro, '"type": "long"', '"type": "string"'],
  ])('refuses to replace %s by one that breaks with it', (_name, path, from, to) => {
    const refused = afterEditing(path, from, to);
    expect(refused).toMatchObject({ status: 1, kept: true, output: expect.stringContaining(`refused: ${path}`) });
  });

  test('replaces documents, and schemas that go together', () => {
    expect(afterEditing('docs/events.md', '45 event types', '44 event types')).toMatchObject({
      status: 0,
      kept: false,
    });
    const words = afterEditing(schema, 'Covered by stock here', 'Covered by the stock');
    expect(words).toMatchObject({ status: 0, kept: false });
  });

  test('writes nothing when it only checks', () => {
    const checked = afterEditing('docs/events.md', '45 event types', '44 event types', '--check');
    expect(checked).toMatchObject({ status: 1, kept: true, output: expect.stringContaining('docs/events.md') });
  });
});
