import { join } from 'node:path';
import { cached } from './service-cache.ts';

/**
 * The class data archive of a Java server (JEP 350: dynamic archives), which about halves the time until it is ready. Made
 * once per server and Java: the server runs with the option that is handed to `train`, and writes the archive when
 * it ends in good order.
 * @returns The option by which Java uses the archive; none when it could not be made, because the server works without.
 */
export async function classArchive(
  name: string,
  train: (folder: string, option: string) => Promise<void>,
): Promise<string[]> {
  try {
    const file = await cached(`${name}.jsa`, async (folder) => {
      const made = join(folder, 'classes.jsa');
      await train(folder, `-XX:ArchiveClassesAtExit=${made}`);
      return made;
    });
    return [`-XX:SharedArchiveFile=${file}`];
  } catch {
    return [];
  }
}
