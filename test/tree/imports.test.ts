import { describe, expect, test } from 'vitest';
import { importProblem } from './import-rules.ts';
import { type Import, importsOf, isTest, sourceFiles } from './source-tree.ts';

const files = sourceFiles('src', 'edge', 'sync', 'models').filter(({ path }) => !isTest(path));

describe('imports', () => {
  test('of every module keep the rules', () => {
    const imports = files.flatMap(importsOf);
    // A check that reads nothing passes nothing.
    expect(files.length).toBeGreaterThan(80);
    expect(imports.length).toBeGreaterThan(300);
    const problems = imports.flatMap((one) => {
      const problem = importProblem(one);
      return problem === undefined ? [] : [`${one.from}:${one.line} imports ${one.to}: ${problem}`];
    });
    expect(problems).toEqual([]);
  });

  test('of the repository name files that are there, with their ending', () => {
    const known = new Set(
      sourceFiles('src', 'edge', 'sync', 'models', 'test', 'scripts', 'bench').map(({ path }) => path),
    );
    const lost = files
      .flatMap(importsOf)
      .filter(({ to }) => /^(?:src|edge|sync|models)\//.test(to) && !to.endsWith('.json') && !known.has(to))
      .map(({ from, line, to }) => `${from}:${line} imports ${to}, which is not there`);
    expect(lost).toEqual([]);
  });
});

describe('the import check', () => {
  const read = (text: string) =>
    importsOf({ path: 'src/domain/order/order.ts', text }).map(({ to, typeOnly }) => [to, typeOnly]);
  const problem = (from: string, to: string, typeOnly = false) =>
    importProblem({ from, to, typeOnly, line: 1 } satisfies Import);

  test('reads every form of import', () => {
    expect(read("import a from './a.ts';")).toEqual([['src/domain/order/a.ts', false]]);
    expect(read("import type { A } from '../../core/a.ts';")).toEqual([['src/core/a.ts', true]]);
    expect(read("import {\n  type A,\n  b,\n} from '../b.ts';")).toEqual([['src/domain/b.ts', false]]);
    expect(read("export * from './c.ts';\nexport type { D } from './d.ts';")).toEqual([
      ['src/domain/order/c.ts', false],
      ['src/domain/order/d.ts', true],
    ]);
    expect(read("import 'node:fs';\nconst x = await import('node:os');")).toEqual([
      ['node:fs', false],
      ['node:os', false],
    ]);
    expect(read("// import a from './a.ts';\n/* import 'b'; */\nconst from = 'x';")).toEqual([]);
  });

  test.each([
    ['src/core/a.ts', 'src/events/catalog.ts'],
    ['src/domain/order/order.ts', 'src/runtime.ts'],
    ['src/events/catalog.ts', 'src/domain/order/order.ts'],
    ['src/sagas/a.ts', 'src/commands/list.ts'],
    ['src/http/app.ts', 'edge/node/ports.ts'],
    ['src/index.ts', 'edge/node/ports.ts'],
    ['src/runtime/writer.ts', 'sync/core/loop.ts'],
    ['src/runtime/writer.ts', 'node:crypto'],
    ['src/runtime/writer.ts', 'crypto'],
    ['src/store/a.ts', '@libsql/client'],
    ['models/core/a.ts', 'src/runtime.ts'],
    ['sync/core/a.ts', 'edge/node/ports.ts'],
    ['sync/core/a.ts', 'src/runtime/writer.ts'],
    ['sync/core/a.ts', 'src/http/app.ts'],
    ['edge/node/a.ts', 'test/support/facts.ts'],
    ['src/elsewhere/a.ts', 'src/core/event.ts'],
  ])('finds fault with %s importing %s', (from, to) => {
    expect(problem(from, to)).toBeDefined();
  });

  test.each([
    ['src/domain/order/order.ts', 'src/core/event.ts'],
    ['src/runtime.ts', 'src/runtime/writer.ts'],
    ['src/http/app.ts', 'src/runtime.ts'],
    ['src/pipelines/embed.ts', 'models/core/ports.ts'],
    ['src/core/event.ts', 'zod'],
    ['edge/node/a.ts', 'sync/core/loop.ts'],
    ['sync/core/a.ts', 'src/store/log.ts'],
    ['edge/node/a.ts', 'node:fs'],
    ['src/index.ts', 'src/runtime.ts'],
  ])('finds none with %s importing %s', (from, to) => {
    expect(problem(from, to)).toBeUndefined();
  });

  test('tells types from values where only types are allowed', () => {
    expect(problem('sync/core/a.ts', 'src/runtime.ts', true)).toBeUndefined();
    expect(problem('src/sagas/a.ts', 'src/commands/command.ts', true)).toBeUndefined();
  });
});
