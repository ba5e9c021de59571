import { EdgeError } from '../../../src/core/errors.ts';

/** A command was called wrongly: exit status 2. */
export function wrongArgument(detail: string): EdgeError {
  return new EdgeError('validation-failed', detail);
}

/** @throws {EdgeError} `validation-failed` when an option is no whole number of a range. */
export function wholeNumber(option: string, text: string, min: number, max: number = Number.MAX_SAFE_INTEGER): number {
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (Number.isSafeInteger(number) && number >= min && number <= max) return number;
  throw wrongArgument(
    `--${option} is a whole number from ${min}${max === Number.MAX_SAFE_INTEGER ? '' : ` to ${max}`}, not "${text}".`,
  );
}
