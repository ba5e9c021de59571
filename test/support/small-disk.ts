import { execFileSync } from 'node:child_process';
import { closeSync, fsyncSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './temporary-folder.ts';

/** A file system of its own with little room. */
export interface SmallDisk {
  readonly path: string;
  /** Takes all the room that is left. */
  fill(): void;
  /** Gives back what `fill` took. */
  free(): void;
  freeBytes(): number;
  remove(): void;
}

/** Mounts a small tmpfs, or says why this machine cannot. */
export function mountSmallDisk(mebibytes: number): SmallDisk | string {
  if (process.platform !== 'linux') return `tmpfs is of Linux; this is ${process.platform}`;
  if (process.getuid?.() !== 0) return 'mounting a file system needs root';
  const folder = temporaryFolder();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', folder.path], { stdio: 'pipe' });
  } catch (error) {
    folder.remove();
    return `mount was refused: ${error instanceof Error ? error.message : String(error)}`;
  }
  const ballast = join(folder.path, 'ballast');
  const freeBytes = () => {
    const { bavail, bsize } = statfsSync(folder.path);
    return bavail * bsize;
  };
  return {
    path: folder.path,
    freeBytes,
    fill() {
      const file = openSync(ballast, 'a');
      const page = Buffer.alloc(4_096, 1);
      try {
        while (freeBytes() > 0) writeSync(file, page);
        fsyncSync(file);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      } finally {
        closeSync(file);
      }
    },
    free: () => rmSync(ballast, { force: true }),
    remove() {
      // Lazily: libSQL lets go of a file only when its statements are collected.
      execFileSync('umount', ['-l', folder.path], { stdio: 'pipe' });
      folder.remove();
    },
  };
}
