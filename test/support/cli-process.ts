import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** The command line as a process of its own, for tests of whole commands. */

const CLI = fileURLToPath(new URL('../../edge/node/cli.ts', import.meta.url));

export interface CliOutcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface CliOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts a command and leaves it running. */
export function startCli(args: readonly string[], { cwd, env = {} }: CliOptions): ChildProcessWithoutNullStreams {
  const { PATH = '', HOME = '' } = process.env;
  // Nothing of the surroundings may set the box up. Forecasts would add events to those that a test counts.
  return spawn(process.execPath, [CLI, ...args], { cwd, env: { PATH, HOME, NO_COLOR: '1', ADVICE: 'off', ...env } });
}

/** Runs a command to its end. */
export async function runCli(args: readonly string[], options: CliOptions): Promise<CliOutcome> {
  const child = startCli(args, options);
  child.stdin.end();
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const [status] = (await once(child, 'close')) as [number | null];
  return { status, stdout, stderr };
}

/** Waits until a running command has printed a text; resolves with all that it printed. */
export async function printed(child: ChildProcessWithoutNullStreams, text: string): Promise<string> {
  let all = '';
  for await (const piece of child.stdout.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    all += piece;
    if (all.includes(text)) return all;
  }
  throw new Error(`The command ended without printing "${text}": ${all}`);
}
