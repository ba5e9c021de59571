import { EdgeError } from '../core/errors.ts';

/** Whether an error of a batch would meet every other batch as well, so that trying each alone is no use. */
export function concernsEveryone(error: unknown): boolean {
  if (!(error instanceof EdgeError)) return false;
  return error.code === 'storage-full' || error.code === 'storage-corrupt' || error.extra.busy === true;
}
