import { parseArgs } from 'node:util';
import { exitStatus, print, printError, printResult } from '../edge/node/cli/output.ts';
import { EdgeError } from '../src/core/errors.ts';
import { services } from './services/list.ts';
import type { RunningService, Service } from './services/service.ts';

const HELP = `The real peers of DealerIQ Edge on this machine, on loopback only.

  npm run services -- up [NAME…]      start them and say where they are; all of them unless named
  npm run services -- down [NAME…]    stop them; what they stored stays
  npm run services -- status          what runs
  npm run services -- fetch [NAME…]   fetch what they need, and start nothing

  --fresh       up: delete what they stored before
  --port PORT   up NAME: the port to use; the usual one, or a free one, unless given
  --json        print JSON
  --help        this text

${services.map(({ name, description }) => `  ${name.padEnd(12)}${description}`).join('\n')}`;

/** Runs `npm run services`. */
async function main(): Promise<void> {
  const { values, positionals } = readArguments();
  const [command, ...names] = positionals;
  if (values.help || command === undefined) {
    print(HELP);
    if (!values.help) process.exitCode = 2;
    return;
  }
  const chosen = choose(names);
  if (command === 'up') {
    const port = portOf(values.port);
    if (port !== undefined && names.length !== 1) throw new EdgeError('invalid-config', '--port needs one NAME.');
    const running = await upTogether(chosen, values.fresh, port);
    printResult(values.json, running, () => [...running.flatMap(describe), '', ...running.flatMap(environmentOf)]);
  } else if (command === 'down') {
    const stopped: Record<string, boolean> = {};
    await Promise.all(
      chosen.map(async (service) => {
        stopped[service.name] = await service.down();
      }),
    );
    printResult(values.json, { stopped }, () =>
      Object.entries(stopped).map(([name, did]) => `${name}: ${did ? 'stopped' : 'was not running'}`),
    );
  } else if (command === 'status') {
    const states = await Promise.all(chosen.map(async (service) => [service.name, await service.status()] as const));
    printResult(values.json, Object.fromEntries(states.map(([name, state]) => [name, state ?? null])), () =>
      states.flatMap(([name, state]) =>
        state === undefined ? [`${name}: not running`] : [...describe(state), ...environmentOf(state)],
      ),
    );
    if (states.some(([, state]) => state === undefined)) process.exitCode = 1;
  } else if (command === 'fetch') {
    await Promise.all(chosen.map((service) => service.fetch(progressOf(service))));
    printResult(values.json, { fetched: chosen.map(({ name }) => name) }, () =>
      chosen.map(({ name }) => `${name}: everything is here`),
    );
  } else {
    throw new EdgeError('invalid-config', `There is no command "${command}": say up, down, status or fetch.`);
  }
}

/** Starts services at the same time. Those that start stay up, also when another does not. */
async function upTogether(
  chosen: readonly Service[],
  fresh: boolean,
  port: number | undefined,
): Promise<RunningService[]> {
  const outcomes = await Promise.allSettled(
    chosen.map((service) => service.up({ fresh, port, progress: progressOf(service) })),
  );
  const failed = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
  const running = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  const [first, ...others] = failed;
  if (first === undefined) return running;
  for (const service of running) process.stderr.write(`${describe(service)[0]}\n`);
  for (const error of others) printError(error);
  throw first;
}

function progressOf(service: Service) {
  return (line: string): void => void process.stderr.write(`${service.name}: ${line}\n`);
}

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        fresh: { type: 'boolean', default: false },
        port: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    throw new EdgeError('invalid-config', `${error instanceof Error ? error.message : error} See --help.`);
  }
}

function portOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new EdgeError('invalid-config', `--port is a number from 1 to 65535, not "${text}".`);
}

function choose(names: readonly string[]): readonly Service[] {
  for (const name of names) {
    if (services.some((service) => service.name === name)) continue;
    throw new EdgeError(
      'invalid-config',
      `There is no service "${name}". There are: ${services.map((service) => service.name).join(', ')}.`,
    );
  }
  return names.length === 0 ? services : services.filter(({ name }) => names.includes(name));
}

function describe(service: RunningService): string[] {
  return [
    `${service.name} ${service.version} ${service.state === 'started' ? 'is ready' : 'is running'} (process ${service.pid})`,
    ...Object.entries(service.details).map(([name, value]) => `  ${name.padEnd(12)}${value}`),
  ];
}

function environmentOf(service: RunningService): string[] {
  return Object.entries(service.environment).map(([name, value]) => `${name}=${value}`);
}

try {
  await main();
} catch (error) {
  printError(error);
  process.exitCode = exitStatus(error);
}
