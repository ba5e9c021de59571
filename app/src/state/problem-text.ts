import { NoAnswer, Refusal } from '../api/http.ts';
import { t } from '../texts/text.ts';

/** What to tell a person about a failure: what happened and what to do. */
export function problemText(error: unknown): string {
  if (error instanceof NoAnswer) return t.errors.unreachable;
  if (error instanceof Refusal) return error.problem.detail;
  return t.errors.unexpected;
}
