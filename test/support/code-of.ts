import { EdgeError } from '../../src/core/errors.ts';

/** `done`, or the code of the refusal. Any other error is the test's to fail on. */
export async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return 'done';
  } catch (error) {
    if (error instanceof EdgeError) return error.code;
    throw error;
  }
}
