import { setTimeout } from 'node:timers/promises';
import { defineCommand } from 'citty';
import type { LoggedEvent } from '../../../src/core/event.ts';
import { catalog } from '../../../src/events/catalog.ts';
import type { Runtime } from '../../../src/runtime.ts';
import { readLog } from '../../../src/store/log.ts';
import { wholeNumber, wrongArgument } from './arguments.ts';
import { withBox } from './open-box.ts';
import { print } from './output.ts';

/** How often the log is looked at for new events, in milliseconds. */
const FOLLOW_MS = 250;

const PAGE = 500;

export const events = defineCommand({
  meta: { name: 'events', description: 'Show the log: every event in order, as it was made or arrived' },
  args: {
    after: { type: 'string', description: 'Only what lies after this position; the last ones unless given' },
    type: { type: 'string', description: 'Only these event types, with commas between' },
    subject: { type: 'string', description: 'Only events about this order, product, …' },
    limit: { type: 'string', description: 'At most so many', default: '50' },
    follow: { type: 'boolean', description: 'Go on with new events until stopped', default: false },
    json: { type: 'boolean', description: 'Print one CloudEvent a line as JSON', default: false },
  },
  async run({ args }) {
    const limit = wholeNumber('limit', args.limit, 1, 1_000_000);
    const after = args.after === undefined ? undefined : wholeNumber('after', args.after, 0);
    const types = args.type?.split(',').map((type) => type.trim());
    for (const type of types ?? []) {
      if (!catalog.has(type))
        throw wrongArgument(`--type ${type} is not in the catalogue. See docs/events.md or GET /v1/catalog.`);
    }
    const filter = {
      ...(types === undefined ? {} : { types }),
      ...(args.subject === undefined ? {} : { subject: args.subject }),
    };
    await withBox(async (runtime) => {
      const last = await showFirst(runtime, filter, after, limit, args.json);
      if (args.follow) await follow(runtime, filter, last, args.json);
    });
  },
});

type Filter = { readonly types?: readonly string[]; readonly subject?: string };

async function showFirst(runtime: Runtime, filter: Filter, after: number | undefined, limit: number, json: boolean) {
  if (after === undefined) {
    const shown = (await readLog(runtime.store, { ...filter, limit, newestFirst: true })).reverse();
    for (const event of shown) show(event, json);
    return shown.at(-1)?.position ?? runtime.head();
  }
  let last = after;
  for (let left = limit; left > 0; ) {
    const page = await readLog(runtime.store, { ...filter, after: last, limit: Math.min(PAGE, left) });
    for (const event of page) show(event, json);
    last = page.at(-1)?.position ?? last;
    left -= page.length;
    if (page.length < PAGE) break;
  }
  return last;
}

async function follow(runtime: Runtime, filter: Filter, from: number, json: boolean): Promise<void> {
  const stop = new AbortController();
  process.once('SIGINT', () => stop.abort());
  process.once('SIGTERM', () => stop.abort());
  for (let last = from; !stop.signal.aborted; ) {
    const page = await readLog(runtime.store, { ...filter, after: last, limit: PAGE });
    for (const event of page) show(event, json);
    last = page.at(-1)?.position ?? last;
    if (page.length < PAGE) await setTimeout(FOLLOW_MS, undefined, { signal: stop.signal }).catch(() => undefined);
  }
}

function show(event: LoggedEvent, json: boolean): void {
  if (json) {
    print(JSON.stringify(event));
    return;
  }
  const from = event.sequence === undefined ? 'received' : `${event.lane} ${event.sequence}`;
  print(
    `${String(event.position).padStart(8)}  ${event.time}  ${event.type.padEnd(26)} ${event.subject.padEnd(38)} ${from}`,
  );
}
