import { defineCommand, runCommand, showUsage } from 'citty';
import { config } from './cli/config.ts';
import { importCommand } from './cli/import.ts';
import { init } from './cli/init.ts';
import { exitStatus, printError } from './cli/output.ts';
import { start } from './cli/start.ts';
import { version } from './version.ts';

/** Every operator command. */
const subCommands = { start, init, import: importCommand, config };

const dealeriq = defineCommand({
  meta: { name: 'dealeriq', version, description: 'The edge runtime of one dealer site' },
  subCommands,
});

/** Runs the command line; resolves with the exit status when the command has ended. */
export async function runCli(args: readonly string[]): Promise<void> {
  const rawArgs = [...args];
  if (rawArgs.length === 0 || rawArgs.includes('--help') || rawArgs.includes('-h')) {
    await help(rawArgs);
    return;
  }
  if (rawArgs.length === 1 && (rawArgs[0] === '--version' || rawArgs[0] === '-v')) {
    process.stdout.write(`${version}\n`);
    return;
  }
  try {
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

async function help(rawArgs: readonly string[]): Promise<void> {
  let command: Parameters<typeof showUsage>[0] = dealeriq;
  let parent: Parameters<typeof showUsage>[1];
  for (const arg of rawArgs) {
    const known = (command.subCommands ?? {}) as Record<string, Parameters<typeof showUsage>[0]>;
    const next = known[arg];
    if (next === undefined) break;
    parent = command;
    command = next;
  }
  await showUsage(command, parent);
}

if (import.meta.main) await runCli(process.argv.slice(2));
