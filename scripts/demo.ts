import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { wholeNumber, wrongArgument } from '../edge/node/cli/arguments.ts';
import { exitStatus, print, printError } from '../edge/node/cli/output.ts';
import { readBack } from './demo/ending.ts';
import { type Narrator, narratorTo } from './demo/narrator.ts';
import { Processes } from './demo/processes.ts';
import { type Story, tellStory } from './demo/story.ts';

const ORDERS = 60;
const ORDERS_MIN = 8;
const ORDERS_MAX = 5_000;

const HELP = `Two dealers, NATS, Kafka, a schema registry and two copies of the bridge, all real and on this machine.
Places orders, cuts links, kills a bridge copy and the broker, and reads Kafka back: every order once, in order.

  npm run demo                      about a minute, after what is missing was fetched
  npm run demo -- --orders N        orders of each dealer, from ${ORDERS_MIN}; ${ORDERS} unless given
  npm run demo -- --keep            leave everything running until Ctrl-C, and say where it is
  npm run -s demo -- --json         the result as JSON on standard output; the story goes to standard error
  npm run demo -- --help            this text

It needs Java 21 or newer, and Maven for what it has not fetched yet. Ports and folders are its own: what
\`npm run services\` runs is left alone. Exit status: 0 when nothing is missing, twice or out of order, 1 otherwise.`;

/** Runs `npm run demo`. */
async function main(): Promise<void> {
  const options = readArguments();
  if (options.help) {
    print(HELP);
    return;
  }
  const orders = wholeNumber('orders', options.orders, ORDERS_MIN, ORDERS_MAX);
  const root = mkdtempSync(join(tmpdir(), 'dealeriq-demo-'));
  const processes = new Processes();
  const narrator = narratorTo(options.json ? (line) => process.stderr.write(`${line}\n`) : print);
  const interrupted = onSignal(async (signal) => {
    narrator.tell(`stopping after ${signal}`);
    await processes.killAll();
    rmSync(root, { recursive: true, force: true });
  });
  try {
    const story = await tellStory({ root, processes, narrator, orders });
    const result = await readBack(story, { root, processes, narrator });
    if (!result.passed) process.exitCode = 1;
    if (options.json) print(JSON.stringify(result, null, 2));
    narrator.plain('');
    narrator.plain(
      result.passed
        ? `Every confirmed order is in Kafka exactly once and in order (${result.seconds} s).`
        : 'FAILED: Kafka does not hold exactly what the dealers were told; see the tables above.',
    );
    if (options.keep) await keep(story, root, narrator);
    await story.centre.close();
    await processes.killAll();
    if (result.passed) rmSync(root, { recursive: true, force: true });
    else keepLogs(root, narrator);
  } catch (error) {
    // What fails while everything is being ended says nothing.
    if (processes.isOver) await interrupted;
    const lost = processes.lost();
    await processes.killAll();
    printError(error);
    if (lost.length > 0) narrator.plain(`Ended by themselves: ${lost.join(', ')}.`);
    keepLogs(root, narrator);
    process.exitCode = exitStatus(error);
  }
  // Connections that were cut may still be waiting for an answer.
  process.exit();
}

/** Ends in good order on Ctrl-C; a second one ends at once. @returns what never resolves. */
function onSignal(cleanUp: (signal: string) => Promise<void>): Promise<never> {
  for (const [signal, status] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const) {
    process.once(signal, () => {
      process.once(signal, () => process.exit(status));
      cleanUp(signal).then(
        () => process.exit(status),
        (error: unknown) => {
          printError(error);
          process.exit(status);
        },
      );
    });
  }
  return new Promise(() => undefined);
}

/** Says where everything is, and waits for Ctrl-C. */
function keep({ backbone, dealers, copies }: Story, root: string, narrator: Narrator): Promise<never> {
  const addresses = [
    ...dealers.map(({ dealerId, url }) => `dealer ${dealerId}      app ${url}/   API ${url}/docs`),
    ...copies.map(({ name, url }) => `${name}         ${url}/v1/bridge   ${url}/metrics`),
    `NATS_URL=${backbone.natsUrl}`,
    `KAFKA_BROKERS=${backbone.brokers}`,
    `SCHEMA_REGISTRY_URL=${backbone.registryUrl}`,
    `folder           ${root}`,
  ];
  narrator.plain('\nEverything runs on; Ctrl-C ends it and removes what it stored.');
  for (const line of addresses) narrator.plain(`  ${line}`);
  // The children alone do not keep this process waiting.
  const timer = setInterval(() => undefined, 60_000);
  return new Promise(() => timer.ref());
}

/** Keeps the logs of what ran, and nothing else. */
function keepLogs(root: string, narrator: Narrator): void {
  const logs = join(root, 'logs');
  mkdirSync(logs, { recursive: true });
  for (const name of readdirSync(root, { recursive: true, encoding: 'utf8' })) {
    if (name.endsWith('.log') && !name.includes('/data/')) renameSync(join(root, name), join(logs, basename(name)));
  }
  for (const name of readdirSync(root)) {
    if (name !== 'logs') rmSync(join(root, name), { recursive: true, force: true });
  }
  narrator.plain(`Logs are kept in ${logs}`);
}

function readArguments() {
  try {
    return parseArgs({
      options: {
        orders: { type: 'string', default: String(ORDERS) },
        keep: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values;
  } catch (error) {
    throw wrongArgument(`${error instanceof Error ? error.message : error} See --help.`);
  }
}

try {
  await main();
} catch (error) {
  printError(error);
  process.exitCode = exitStatus(error);
}
