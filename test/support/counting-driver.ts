import type { Driver } from '../../src/store/group-commit.ts';

/** A driver that counts what it is asked to do. */
export interface CountingDriver extends Driver {
  transactions(): number;
  largestStatement(): number;
}

export function countingDriver(driver: Driver): CountingDriver {
  let transactions = 0;
  let largest = 0;
  return {
    parametersMax: driver.parametersMax,
    query: (statement) => driver.query(statement),
    transaction: (statements) => {
      transactions += 1;
      for (const { args = [] } of statements) largest = Math.max(largest, args.length);
      return driver.transaction(statements);
    },
    close: () => driver.close(),
    transactions: () => transactions,
    largestStatement: () => largest,
  };
}
