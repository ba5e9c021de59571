import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { runCli } from '../../../test/support/cli-process.ts';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';

const folder = temporaryFolder();
afterAll(folder.remove);

const run = (...more: readonly string[]) => runCli(['evaluate', 'search', ...more], { cwd: folder.path });
const write = (name: string, text: string): string => {
  const path = join(folder.path, name);
  writeFileSync(path, text);
  return path;
};
const PRODUCTS = [
  { id: '1', title: 'Wireless mouse', short_description: 'Optical pointer for the desk', supplier: 'A', price: 1 },
  { id: '2', title: 'Laptop case', short_description: null, supplier: '', price: 2 },
  { id: '3', title: 'Notebook sleeve', short_description: 'Keeps a 15 inch computer safe', supplier: 'B', price: 3 },
];
const products = write('p.jsonl', PRODUCTS.map((one) => JSON.stringify(one)).join('\n'));
const ratings = write(
  'r.csv',
  'query,docid,rating\nlaptop bag,2,3\nlaptop bag,3,2\nlaptop bag,1,0\nmouse,1,3\nnothing,1,0\nmouse,99,3\n',
);

describe('dealeriq evaluate search', () => {
  test('prints what words, meaning and both reach, judged and over all', async () => {
    const { status: code, stdout } = await run('--products', products, '--ratings', ratings, '--json');
    expect(code).toBe(0);
    const result = JSON.parse(stdout);
    expect(result).toMatchObject({ products: 3, queries: 2, useless: 1, unknown: 1 });
    expect(result.methods.map(({ method }: { method: string }) => method)).toEqual(['BM25', 'vectors', 'hybrid']);
    const [words, meaning, hybrid] = result.methods;
    // Words cannot find the sleeve; meaning can.
    expect(words.full).toBeLessThan(1);
    expect(meaning.judged).toBe(1);
    expect(hybrid.full).toBeGreaterThan(words.full);
  });

  test('says what is wrong with a file of another form', async () => {
    const bad = await run('--products', write('bad.jsonl', 'id,title\n'), '--ratings', ratings);
    expect(bad.status).not.toBe(0);
    expect(bad.stderr).toContain('Line 1');
    const none = await run('--products', products, '--ratings', write('none.csv', 'query,docid\na,1\n'));
    expect(none.stderr).toContain('query, docid and rating');
  });
});
