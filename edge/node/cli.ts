import { type CommandDef, defineCommand, runCommand, showUsage } from 'citty';
import { backup } from './cli/backup.ts';
import { bridge } from './cli/bridge.ts';
import { checkOptions } from './cli/check-options.ts';
import { config } from './cli/config.ts';
import { dlq } from './cli/dlq.ts';
import { doctor } from './cli/doctor.ts';
import { evaluate } from './cli/evaluate.ts';
import { events } from './cli/events.ts';
import { importCommand } from './cli/import.ts';
import { init } from './cli/init.ts';
import { models } from './cli/models.ts';
import { exitStatus, printError } from './cli/output.ts';
import { replay } from './cli/replay.ts';
import { restore } from './cli/restore.ts';
import { seed } from './cli/seed.ts';
import { start } from './cli/start.ts';
import { sync } from './cli/sync.ts';
import { topics } from './cli/topics.ts';
import { version } from './version.ts';

/** Every operator command. */
const subCommands = {
  start,
  init,
  seed,
  import: importCommand,
  events,
  dlq,
  replay,
  backup,
  restore,
  doctor,
  config,
  topics,
  sync,
  bridge,
  evaluate,
  models,
};

const dealeriq = defineCommand({
  meta: { name: 'dealeriq', version, description: 'The edge runtime of one dealer site' },
  subCommands,
});

type Command = CommandDef;

/** Runs the command line; resolves with the exit status when the command has ended. */
export async function runCli(args: readonly string[]): Promise<void> {
  const rawArgs = [...args];
  // A reader such as `head` may have enough before everything is printed.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit();
    throw error;
  });
  if (rawArgs.length === 0 || rawArgs.includes('--help') || rawArgs.includes('-h')) {
    await help(rawArgs);
    return;
  }
  if (rawArgs.length === 1 && (rawArgs[0] === '--version' || rawArgs[0] === '-v')) {
    process.stdout.write(`${version}\n`);
    return;
  }
  try {
    const { command, path, rest } = find(rawArgs);
    if (command.subCommands === undefined) checkOptions(command, path, rest);
    await runCommand(dealeriq, { rawArgs });
  } catch (error) {
    if (error instanceof Error && error.name === 'CLIError') {
      process.stderr.write(`${error.message}\n`);
      await help(rawArgs);
      process.exitCode = 2;
      return;
    }
    printError(error);
    process.exitCode = exitStatus(error);
  }
}

/** The command that arguments name, the one above it, and what is left of the arguments. */
function find(rawArgs: readonly string[]): {
  command: Command;
  parent: Command | undefined;
  path: string[];
  rest: readonly string[];
} {
  let command: Command = dealeriq;
  let parent: Command | undefined;
  const path: string[] = [];
  for (const arg of rawArgs) {
    const next = ((command.subCommands ?? {}) as Record<string, Command>)[arg];
    if (next === undefined) break;
    parent = command;
    command = next;
    path.push(arg);
  }
  return { command, parent, path, rest: rawArgs.slice(path.length) };
}

async function help(rawArgs: readonly string[]): Promise<void> {
  const { command, parent, path } = find(rawArgs);
  // The usage line names one command above; for a command of a group that is the group with its own command above.
  const above = { ...parent, meta: { name: ['dealeriq', ...path.slice(0, -1)].join(' ') } };
  await showUsage(command, parent === undefined ? undefined : above);
}

if (import.meta.main) await runCli(process.argv.slice(2));
