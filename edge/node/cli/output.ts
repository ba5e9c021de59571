import { EdgeError } from '../../../src/core/errors.ts';

/** A line for the person or program that called. */
export function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** A result: JSON for programs, or lines for people. */
export function printResult(json: boolean, value: unknown, lines: () => Iterable<string>): void {
  if (json) print(JSON.stringify(value, null, 2));
  else for (const line of lines()) print(line);
}

/** What went wrong and what to do, without a stack for errors that are ours. */
export function printError(error: unknown): void {
  if (error instanceof EdgeError) {
    process.stderr.write(`${error.title} (${error.code})\n${error.detail}\n`);
    for (const violation of error.violations) process.stderr.write(`  ${violation.pointer} ${violation.detail}\n`);
  } else {
    process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  }
}

/** Exit statuses: 0 done, 1 failed, 2 called wrongly or set up wrongly. */
export function exitStatus(error: unknown): number {
  return error instanceof EdgeError &&
    ['invalid-config', 'validation-failed', 'invalid-request', 'import-failed'].includes(error.code)
    ? 2
    : 1;
}
