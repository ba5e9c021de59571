import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { EdgeError } from '../../src/core/errors.ts';

const run = promisify(execFile);

/** Folders that hold one Java each, and where `bin` is below it. */
const USUAL_PLACES: readonly (readonly [folder: string, below: string])[] = [
  ['/usr/lib/jvm', ''],
  ['/opt/java', ''],
  [join(homedir(), '.sdkman/candidates/java'), ''],
  [join(homedir(), '.jdks'), ''],
  ['/Library/Java/JavaVirtualMachines', 'Contents/Home'],
  ['/opt/homebrew/opt', ''],
  ['/usr/local/opt', ''],
];

export interface JavaBinary {
  readonly path: string;
  /** The whole version, such as `25.0.1` or `17.0.15`. */
  readonly version: string;
  /** The feature release, such as 25. */
  readonly release: number;
}

/**
 * The newest Java of this machine that is new enough: of JAVA_HOME, PATH and the places where Linux, macOS and
 * SDKMAN keep them.
 * @param releaseMin The feature release that is needed, such as 21.
 * @param needer What needs it, for the error.
 * @throws {EdgeError} `invalid-config` naming what was found and what to install.
 */
export async function javaBinary(releaseMin: number, needer: string): Promise<JavaBinary> {
  const all = await javasOfTheMachine();
  const newest = all.toSorted((a, b) => b.release - a.release)[0];
  if (newest !== undefined && newest.release >= releaseMin) return newest;
  const found = all.map(({ path, version }) => `\n  ${path} is ${version}`).join('') || '\n  none was found';
  throw new EdgeError(
    'invalid-config',
    `${needer} needs Java ${releaseMin} or newer. Install one, such as Eclipse Temurin 25 (https://adoptium.net), and put it on PATH or name its folder in JAVA_HOME.${found}`,
  );
}

async function javasOfTheMachine(): Promise<JavaBinary[]> {
  const homes = USUAL_PLACES.flatMap(([folder, below]) => foldersOf(folder).map((name) => join(folder, name, below)));
  const paths = [
    ...(process.env.JAVA_HOME ? [join(process.env.JAVA_HOME, 'bin/java')] : []),
    ...(process.env.PATH ?? '').split(delimiter).flatMap((folder) => (folder === '' ? [] : [join(folder, 'java')])),
    ...homes.map((home) => join(home, 'bin/java')),
  ];
  // One Java is often found under several names.
  const real = new Set(paths.filter((path) => existsSync(path)).map((path) => realpathSync(path)));
  const found = await Promise.all([...real].map(describeJava));
  return found.filter((java) => java !== undefined);
}

/** What a Java says it is; `undefined` when it cannot be run, as the stub of macOS cannot. */
async function describeJava(path: string): Promise<JavaBinary | undefined> {
  const version = versionOf(readRelease(path)) ?? versionOf(await askVersion(path));
  if (version === undefined) return undefined;
  const [first = 0, second = 0] = version.split('.').map(Number);
  // Java 8 called itself 1.8.
  return { path, version, release: first === 1 ? second : first };
}

/** The `release` file of a Java, which spares starting it. */
function readRelease(path: string): string {
  const file = join(dirname(dirname(path)), 'release');
  return existsSync(file) ? (/^JAVA_VERSION=.*$/m.exec(readFileSync(file, 'utf8'))?.[0] ?? '') : '';
}

async function askVersion(path: string): Promise<string> {
  try {
    const { stdout, stderr } = await run(path, ['-version'], { timeout: 20_000 });
    return `${stdout}${stderr}`;
  } catch {
    return '';
  }
}

function versionOf(text: string): string | undefined {
  return /"(\d+(?:\.\d+)*)/.exec(text)?.[1];
}

function foldersOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
