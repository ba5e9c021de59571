import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { EdgeError } from '../../src/core/errors.ts';

const run = promisify(execFile);

/** A fetch that takes longer than this has failed, in milliseconds. */
const FETCH_MS = 600_000;

/** Pinned, so that the pom below means the same everywhere. */
const PLUGIN = 'org.apache.maven.plugins:maven-dependency-plugin:3.8.1';

/** Maven's own store is not made for two writers, so fetches of one process follow each other. */
let last: Promise<unknown> = Promise.resolve();

/**
 * Puts the jars of artifacts and of all that they need at run time into a folder.
 * @param coordinates `group:artifact:version` each.
 * @throws {EdgeError} `invalid-config` saying why, and how to get Maven when there is none.
 */
export async function fetchJars(coordinates: readonly string[], folder: string): Promise<void> {
  const pom = join(folder, '..', 'pom.xml');
  mkdirSync(folder, { recursive: true });
  writeFileSync(pom, pomOf(coordinates));
  await maven(['-f', pom, `${PLUGIN}:copy-dependencies`, '-DincludeScope=runtime', `-DoutputDirectory=${folder}`]);
}

/**
 * Puts one artifact into a folder and resolves with its path.
 * @param coordinate `group:artifact:version:type:classifier`.
 * @throws {EdgeError} `invalid-config` saying why, and how to get Maven when there is none.
 */
export async function fetchArtifact(coordinate: string, folder: string): Promise<string> {
  mkdirSync(folder, { recursive: true });
  await maven([`${PLUGIN}:copy`, `-Dartifact=${coordinate}`, `-DoutputDirectory=${folder}`], folder);
  const [, artifact = ''] = coordinate.split(':');
  const name = readdirSync(folder).find((one) => one.startsWith(artifact));
  if (name === undefined) throw new EdgeError('invalid-config', `Maven brought no file of ${coordinate}.`);
  return join(folder, name);
}

/** How large the files of a folder are together, for a person: `54 MB`. */
export function sizeOf(folder: string): string {
  const bytes = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => statSync(join(folder, name)))
    .reduce((sum, stat) => sum + (stat.isFile() ? stat.size : 0), 0);
  return `${Math.round(bytes / 1e6)} MB`;
}

function pomOf(coordinates: readonly string[]): string {
  const dependencies = coordinates.map((coordinate) => {
    const [group, artifact, version] = coordinate.split(':');
    return `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>`;
  });
  return `<project xmlns="http://maven.apache.org/POM/4.0.0">
<modelVersion>4.0.0</modelVersion>
<groupId>dealeriq</groupId><artifactId>services</artifactId><version>1</version>
<dependencies>
${dependencies.join('\n')}
</dependencies>
</project>
`;
}

function maven(args: readonly string[], cwd?: string): Promise<void> {
  const program = process.env.MAVEN_BIN || 'mvn';
  const next = last.then(async () => {
    try {
      await run(program, ['--batch-mode', '--quiet', ...args], {
        timeout: FETCH_MS,
        maxBuffer: 16 * 1024 * 1024,
        ...(cwd === undefined ? {} : { cwd }),
      });
    } catch (error) {
      throw new EdgeError('invalid-config', reasonOf(program, error), { cause: error });
    }
  });
  last = next.catch(() => undefined);
  return next;
}

function reasonOf(program: string, error: unknown): string {
  if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
    return `There is no ${program}. Install Apache Maven (Debian: apt install maven; macOS: brew install maven), or name it in MAVEN_BIN.`;
  }
  const { stdout = '', stderr = '', message } = error as Error & { stdout?: string; stderr?: string };
  const lines = `${stdout}\n${stderr}`.split('\n').filter((line) => line.includes('[ERROR]'));
  return `Maven could not fetch: ${(lines.slice(0, 3).join('\n') || message).slice(0, 1_000)}`;
}
