import { rmSync } from 'node:fs';
import { openLocalTarget, stock } from './http-target.ts';
import { temporaryFolder } from './temporary-folder.ts';

/** A data folder with the small catalogue, for a box process to be started on. */
export async function seededFolder(folder: string = temporaryFolder().path): Promise<{ path: string; remove(): void }> {
  const target = await stock(await openLocalTarget({ folder }));
  await target.close();
  return { path: folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}
