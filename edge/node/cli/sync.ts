import { defineCommand } from 'citty';
import { EdgeError } from '../../../src/core/errors.ts';
import { LANES } from '../../../src/core/event.ts';
import { type LaneStatus, laneStatus } from '../../../src/runtime/link.ts';
import { readPaused } from '../../../src/store/paused.ts';
import type { Stored } from '../../../sync/core/hub.ts';
import { takeOverToken } from '../../../sync/core/resume.ts';
import type { HubConnection } from '../../../sync/link.ts';
import { type Config, loadConfig } from '../config.ts';
import { connectHub, explainHub } from '../nats.ts';
import { readTakeOver, writeTakeOver } from '../take-over.ts';
import { withBox } from './open-box.ts';
import { printResult } from './output.ts';
import { refuseIfRunning, runningBox } from './run-file.ts';

const json = { type: 'boolean', description: 'Print JSON', default: false } as const;

const takeOver = defineCommand({
  meta: { name: 'take-over', description: 'Let this box go on where another device of the dealer ended' },
  args: { json },
  async run({ args }) {
    const { config } = await loadConfig();
    // One process writes to the database, and the link reads the word when it starts.
    refuseIfRunning(config.DATA_DIR);
    const others = (await lastStored(config)).filter(({ deviceId }) => deviceId !== config.DEVICE_ID);
    const tokens = [...new Set(others.map(takeOverToken))];
    const [token] = tokens;
    if (token === undefined) {
      printResult(args.json, { takenOver: null }, () => [
        `No other device has written for ${config.DEALER_ID}: ${config.DEVICE_ID} may write anyway. Nothing was changed.`,
      ]);
      return;
    }
    await withBox(({ store }) => writeTakeOver(store, token), { mayCreate: true });
    printResult(args.json, { takenOver: token, from: others }, function* () {
      yield `${config.DEVICE_ID} goes on after ${token} for ${config.DEALER_ID} when it starts next.`;
      yield `Keep ${token.split('/')[0]} off: what it sends from now on is refused as soon as ${config.DEVICE_ID} has written.`;
      for (const later of tokens.slice(1))
        yield `A lane ends at ${later}: run this again once the box has sent something.`;
    });
  },
});

async function lastStored(config: Config): Promise<Stored[]> {
  if (config.NATS_URL === undefined) {
    throw new EdgeError('invalid-config', 'NATS_URL is not set: what another device wrote last is asked of the hub.');
  }
  let hub: HubConnection | undefined;
  try {
    hub = await connectHub({
      url: config.NATS_URL,
      creds: config.NATS_CREDS,
      ca: config.NATS_CA,
      dealerId: config.DEALER_ID,
      deviceId: config.DEVICE_ID,
    });
    const { up } = hub;
    const stored = await Promise.all(LANES.map((lane) => up.lastStored(lane)));
    return stored.filter((one) => one !== undefined);
  } catch (error) {
    throw explainHub(config.NATS_URL, error);
  } finally {
    await hub?.close();
  }
}

interface Status {
  readonly link: { readonly state: string; readonly detail: string };
  readonly outbound: Readonly<Record<string, LaneStatus>>;
}

const status = defineCommand({
  meta: { name: 'status', description: 'The link to the centre, and what waits in each lane' },
  args: { json },
  async run({ args }) {
    const { config } = await loadConfig();
    const box = runningBox(config.DATA_DIR);
    const found = box === undefined ? await statusOfFile() : await statusOfBox(box.url);
    printResult(args.json, found, function* () {
      yield `${found.link.state}: ${found.link.detail}`;
      for (const [lane, { pending, oldestAgeMs, lastAckedSequence, lastReceiptSequence }] of Object.entries(
        found.outbound,
      )) {
        const age = pending === 0 ? '' : `, the oldest for ${Math.round(oldestAgeMs / 1000)} s`;
        yield `  ${lane.padEnd(6)}${pending} waiting${age}; acknowledged to ${lastAckedSequence}, confirmed to ${lastReceiptSequence}`;
      }
    });
  },
});

async function statusOfBox(url: string): Promise<Status> {
  const answer = await fetch(`${url}/v1/sync`);
  if (answer.ok) return (await answer.json()) as Status;
  throw new EdgeError(
    'forbidden',
    `The box at ${url} answered ${answer.status}. With AUTH=oauth2 ask ${url}/v1/sync with a token.`,
  );
}

function statusOfFile(): Promise<Status> {
  return withBox(async (runtime) => {
    const paused = await readPaused(runtime.store);
    const allowed = await readTakeOver(runtime.store);
    const outbound: Record<string, LaneStatus> = {};
    for (const lane of LANES) outbound[lane] = await laneStatus(runtime, lane);
    return {
      link: {
        state: 'stopped',
        detail: `The box does not run.${paused ? ' Its link is paused.' : ''}${allowed === undefined ? '' : ` It may follow ${allowed}.`}`,
      },
      outbound,
    };
  });
}

export const sync = defineCommand({
  meta: { name: 'sync', description: 'The link of this box to the centre' },
  subCommands: { 'status': status, 'take-over': takeOver },
});
