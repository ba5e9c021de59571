import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { tinyEncoder } from '../../../models/embeddings/testing/tiny-encoder.ts';
import { runCli } from '../../../test/support/cli-process.ts';
import { temporaryFolder } from '../../../test/support/temporary-folder.ts';

const folder = temporaryFolder();
afterAll(folder.remove);

/** In the form of the STS benchmark: no header, quotation marks as they are, two columns more in some rows. */
const STS = [
  ['shop', 'made-up', '2026', '0001', '5.000', 'A brake pad', 'the brake pads'],
  ['shop', 'made-up', '2026', '0002', '4.200', 'oil filter 9"', 'a filter for oil', 'source', 'source'],
  ['desk', 'made-up', '2026', '0003', '0.400', 'coffee mug', 'brake lining'],
  ['desk', 'made-up', '2026', '0004', '0.000', 'oil filter 9"', 'coffee mug'],
  ['desk', 'made-up', '2026', '0005', '', 'no score', 'none'],
].map((cells) => cells.join('\t'));

function evaluate(lines: readonly string[], ...more: readonly string[]) {
  const pairs = join(folder.path, 'pairs.csv');
  writeFileSync(pairs, `${lines.join('\n')}\n`);
  return runCli(['evaluate', 'embeddings', '--pairs', pairs, ...more], { cwd: folder.path });
}

describe('dealeriq evaluate embeddings', () => {
  const tiny = join(folder.path, 'tiny');
  beforeAll(() => {
    const { model, tokenizer } = tinyEncoder();
    mkdirSync(join(tiny, 'onnx'), { recursive: true });
    writeFileSync(join(tiny, 'onnx', 'model.onnx'), model);
    writeFileSync(join(tiny, 'tokenizer.json'), tokenizer);
    writeFileSync(join(tiny, 'config.json'), '{"hidden_size": 8}');
  });

  test('prints what the bundled encoder reaches, in all and by group', async () => {
    const { status, stdout } = await evaluate(STS);
    expect(status).toBe(0);
    const lines = stdout.split('\n');
    expect(lines[0]).toMatch(/^encoder-\S+, 384 dimensions, sha256 [0-9a-f]{64}$/);
    expect(lines[1]).toBe('4 pairs of 6 texts; 1 rows without a score or a sentence left out.');
    expect(lines[2]).toMatch(/^group +pairs +Spearman$/);
    expect(lines[3]).toMatch(/^all +4 +(?:1\.0000|0\.8000)$/);
    expect(lines[4]).toMatch(/^shop +2 +-?1\.0000$/);
    expect(lines[6]).toMatch(/^Milliseconds a text: mean [\d.]+, median [\d.]+, 95 % under [\d.]+$/);
  });

  test('takes a table with a header, and another encoder in the form that transformers.js takes', async () => {
    const table = [
      'score,sentence1,sentence2',
      '5,brake pad,brake pad',
      '3,"brake, pad",brake',
      '0,oil,"coffee ""mug"""',
    ];
    const { status, stdout } = await evaluate(table, '--model', tiny, '--json');
    expect(status).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      model: { version: expect.stringMatching(/^tiny-[0-9a-f]{8}$/) },
      dimensions: 8,
      pairs: 3,
      skipped: 0,
      texts: 5,
      spearman: expect.closeTo(1, 8),
      groups: [],
    });
  });

  test('says what is wrong with a file of another form, and with a folder without a model', async () => {
    const noPairs = await evaluate(['a,b', '1,2']);
    expect(noPairs.status).toBe(2);
    expect(noPairs.stderr).toContain('has no pairs. It is the STS benchmark');
    const noModel = await evaluate(STS, '--model', folder.path);
    expect(noModel.status).toBe(1);
    expect(noModel.stderr).toContain('holds no model');
  });
});
