import { closeSync, fsyncSync, linkSync, openSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';

/** Waits until a file's content is on the disk. */
export function syncFile(path: string): void {
  const file = openSync(path, 'r');
  try {
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Gives a finished file its name, unless something has that name. Durable when it returns. */
export function publish(from: string, to: string): void {
  syncFile(from);
  // A link fails where the name is taken; a rename would overwrite.
  linkSync(from, to);
  rmSync(from);
  syncFile(dirname(to));
}

/** Puts a finished file in the place of another, at once: there is never a moment without either. */
export function replace(from: string, to: string): void {
  syncFile(from);
  renameSync(from, to);
  syncFile(dirname(to));
}
