import { setTimeout } from 'node:timers/promises';
import { EdgeError } from '../../src/core/errors.ts';

const ASK_AGAIN_MS = 100;

/**
 * Asks again and again until there is an answer; an error counts as none.
 * @param what What is awaited, for the error: it follows "was not so".
 * @param ask Answers `undefined` for not yet.
 * @throws {EdgeError} `internal` with the last error when there is none in time.
 */
export async function eventually<Answer>(
  what: string,
  timeoutMs: number,
  ask: () => Promise<Answer | undefined>,
): Promise<Answer> {
  const deadlineMs = performance.now() + timeoutMs;
  let last: unknown;
  for (;;) {
    try {
      const answer = await ask();
      if (answer !== undefined) return answer;
      last = undefined;
    } catch (error) {
      last = error;
    }
    if (performance.now() > deadlineMs) {
      const why = last instanceof Error ? ` ${last.message}` : '';
      throw new EdgeError('internal', `After ${Math.round(timeoutMs / 1000)} s: ${what}.${why}`, { cause: last });
    }
    await setTimeout(ASK_AGAIN_MS);
  }
}
