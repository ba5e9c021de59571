import type { Reporter, TestModule, Vitest } from 'vitest/node';

/** How a run ended, in counts of tests. */
export interface Tally {
  passed: number;
  failed: number;
  skipped: number;
  /** One line for each skipped test whose reason is known. */
  readonly reasons: string[];
}

/** What the tally reads of a test file; a real `TestModule` fits. */
export type CountedModule = Pick<TestModule, 'moduleId' | 'state' | 'errors'> & {
  readonly children: { allTests(): Iterable<CountedTest> };
};

interface CountedTest {
  readonly fullName: string;
  result(): { readonly state: string; readonly note?: string | undefined };
}

/** Counts tests. A file or hook that failed outside its tests, and an error outside all files, count as one failed test each. */
export function tallyOf(modules: Iterable<CountedModule>, unhandledErrors = 0): Tally {
  const tally: Tally = { passed: 0, failed: unhandledErrors, skipped: 0, reasons: [] };
  for (const module of modules) {
    let failedInside = 0;
    for (const test of module.children.allTests()) {
      const { state, note } = test.result();
      if (state === 'passed') tally.passed += 1;
      else if (state === 'skipped') {
        tally.skipped += 1;
        if (note !== undefined) tally.reasons.push(`SKIPPED ${test.fullName}: ${note}`);
      } else failedInside += 1; // A test that is still pending at the end has not passed.
    }
    const failedOutside = module.errors().length > 0 || (module.state() === 'failed' && failedInside === 0);
    tally.failed += failedInside + (failedOutside ? 1 : 0);
  }
  return tally;
}

/** The line that a run closes with. */
export function closingLine(tally: Tally): string {
  return `${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped`;
}

/** Prints why tests were skipped, and the counts as the very last line. */
export default class ClosingLine implements Reporter {
  #vitest: Vitest | undefined;

  onInit(vitest: Vitest): void {
    this.#vitest = vitest;
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    const tally = tallyOf(modules, unhandledErrors.length);
    for (const reason of tally.reasons) this.#vitest?.logger.log(reason);
    this.#vitest?.logger.log(closingLine(tally));
  }
}
