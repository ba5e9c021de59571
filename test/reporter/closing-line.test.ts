import { describe, expect, test } from 'vitest';
import { type CountedModule, closingLine, tallyOf } from './closing-line.ts';

type State = 'passed' | 'failed' | 'skipped' | 'pending';

const testOf = (state: State, note?: string) => ({ fullName: `a ${state} test`, result: () => ({ state, note }) });

const moduleOf = (state: 'passed' | 'failed', tests: ReturnType<typeof testOf>[], errors = 0): CountedModule => ({
  moduleId: '/a.test.ts',
  state: () => state,
  errors: () => Array.from({ length: errors }, () => ({ message: 'cannot load', stacks: [] }) as never),
  children: { allTests: () => tests },
});

describe('the closing line', () => {
  test('counts the tests of all files', () => {
    const tally = tallyOf([
      moduleOf('passed', [testOf('passed'), testOf('passed'), testOf('skipped')]),
      moduleOf('failed', [testOf('passed'), testOf('failed')]),
    ]);
    expect(closingLine(tally)).toBe('3 passed, 1 failed, 1 skipped');
  });

  test('counts a file that cannot be loaded as failed', () => {
    expect(closingLine(tallyOf([moduleOf('failed', [], 1)]))).toBe('0 passed, 1 failed, 0 skipped');
  });

  test('counts a failing hook beside the failing tests', () => {
    expect(closingLine(tallyOf([moduleOf('failed', [testOf('failed')], 1)]))).toBe('0 passed, 2 failed, 0 skipped');
  });

  test('counts a file that failed in a hook with every test of it skipped', () => {
    expect(closingLine(tallyOf([moduleOf('failed', [testOf('skipped')])]))).toBe('0 passed, 1 failed, 1 skipped');
  });

  test('counts errors outside every file, and tests that never ended', () => {
    expect(closingLine(tallyOf([moduleOf('passed', [testOf('pending')])], 2))).toBe('0 passed, 3 failed, 0 skipped');
  });

  test('says why a test was skipped, where that is known', () => {
    const tally = tallyOf([moduleOf('passed', [testOf('skipped', 'no broker here'), testOf('skipped')])]);
    expect(tally.reasons).toEqual(['SKIPPED a skipped test: no broker here']);
  });
});
