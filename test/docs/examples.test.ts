import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** Examples run against the built package, as a user's program would; `npm test` builds it first. */
const examples = readdirSync('examples').filter((file) => file.endsWith('.ts'));

test('there are examples', () => {
  expect(examples.length).toBeGreaterThan(0);
});

test.each(examples)('the example %s runs', (file) => {
  if (!existsSync(join('dist', 'node.js'))) throw new Error('The package is not built: run `npm run build` first.');
  const { status, stdout, stderr } = spawnSync(process.execPath, [join('examples', file)], { encoding: 'utf8' });
  expect(`${stdout}${stderr}`).not.toMatch(/Error/);
  expect(status).toBe(0);
});
