import { appendFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openFileStore } from '../../edge/node/open-store.ts';
import { DOWN } from '../../sync/jetstream/streams.ts';
import { lastOf } from '../../sync/jetstream/up-hub.ts';
import { CENTRE_SOURCE, type Centre } from './link-centre.ts';
import { compareWithLog, eventsMadeIn, type MadeEvent, type Verdict } from './link-oracle.ts';
import { type EdgeOptions, type EdgeProcess, startEdge } from './link-process.ts';
import { type LinkProxy, linkProxy } from './link-proxy.ts';

/** A dealer's site: its box in a process, its link, and the disks that it lost. */
export interface Site {
  readonly dealerId: string;
  readonly proxy: LinkProxy;
  readonly folder: string;
  process: EdgeProcess;
  clockOffsetMs: number;
  /** Copies of disks that were lost: what they made may be in the stream. */
  readonly archives: string[];
  options(changes?: Partial<EdgeOptions>): EdgeOptions;
  /** Starts the box (again). */
  boot(changes?: Partial<EdgeOptions>): Promise<void>;
  /** Copies the database as it lies on the disk; the box has to be down. */
  copyDisk(name: string): string;
  dispose(): Promise<void>;
}

export async function openSite(root: string, dealerId: string, serverPort: number): Promise<Site> {
  const folder = join(root, dealerId, 'data');
  mkdirSync(folder, { recursive: true });
  const proxy = await linkProxy(serverPort);
  const confirmedFile = join(root, dealerId, 'confirmed');
  appendFileSync(confirmedFile, '');
  const options: Site['options'] = (changes = {}) => ({
    folder,
    dealerId,
    deviceId: 'B1',
    url: proxy.url,
    confirmedFile,
    everyMs: 8,
    clockOffsetMs: site.clockOffsetMs,
    restored: false,
    ...changes,
  });
  const start = async (changes: Partial<EdgeOptions> = {}) => {
    const process = await startEdge(options(changes));
    if (process === undefined) throw new Error(`The box of ${dealerId} found its database held.`);
    return process;
  };
  const site: Site = {
    dealerId,
    proxy,
    folder,
    process: undefined as unknown as EdgeProcess,
    clockOffsetMs: 0,
    archives: [],
    options,
    async boot(changes) {
      site.process = await start(changes);
    },
    copyDisk(name) {
      const to = join(root, dealerId, name);
      rmSync(to, { recursive: true, force: true });
      cpSync(folder, to, { recursive: true });
      return to;
    },
    async dispose() {
      await site.process.kill();
      await proxy.close();
    },
  };
  await site.boot();
  return site;
}

/** The orders that this site's box confirmed to whoever asked. */
export function confirmedOrders(site: Site): string[] {
  const { confirmedFile } = site.options();
  if (!existsSync(confirmedFile)) return [];
  return readFileSync(confirmedFile, 'utf8').split('\n').filter(Boolean);
}

/** What the hub's last event of a lane is: its device and its place. */
export function lastUp(centre: Centre, dealerId: string, lane: string) {
  return centre.admin(async (nc) => {
    const message = await lastOf(nc, 'DEALERIQ_UP', `dealeriq.up.${dealerId}.${lane}.>`);
    if (message === undefined) return undefined;
    const of = (name: string) => message.headers?.get(name) ?? '';
    return { deviceId: of('ce-deviceid'), epoch: Number(of('ce-epoch')), sequence: Number(of('ce-sequence')) };
  });
}

/** The last place of the down stream that is for a dealer. */
export function lastDown(centre: Centre, dealerId: string): Promise<number> {
  return centre.admin(async (nc) => {
    const places = [dealerId, 'all'].map(async (to) => {
      const message = await lastOf(nc, DOWN, `dealeriq.down.${to}.>`);
      return Number(message?.headers?.get('Nats-Sequence') ?? 0);
    });
    return Math.max(...(await Promise.all(places)));
  });
}

export interface SiteVerdict extends Verdict {
  readonly dealerId: string;
  readonly confirmed: number;
  readonly epochs: number;
  readonly received: number;
  readonly poison: number;
  /** Confirmed on a disk that was lost with them, before the hub had them. */
  readonly lostWithDisk: number;
}

/** Compares everything of one site, whose box is down, with what the hub has and what the centre sent. */
export async function judge(site: Site, centre: Centre): Promise<SiteVerdict> {
  const store = await openFileStore(site.folder);
  const made = await eventsMadeIn(store);
  const archived: MadeEvent[] = [];
  const ordersIn = async (from: typeof store) =>
    (await from.read({ sql: "SELECT subject FROM events WHERE type = 'order.placed'" })).map((row) =>
      String(row.subject),
    );
  const logged = new Set(await ordersIn(store));
  const onLostDisks = new Set<string>();
  for (const archive of site.archives) {
    const lost = await openFileStore(archive);
    archived.push(...(await eventsMadeIn(lost)));
    for (const order of await ordersIn(lost)) onLostDisks.add(order);
    await lost.close();
  }
  const stored = await centre.stored(site.dealerId);
  const verdict = compareWithLog('B1', made, stored, archived);
  const problem = (what: string) => void verdict.problems.push(what);
  const upThere = new Set(stored.filter((event) => event.lane === 'live').map((event) => orderIdOf(event.dataText)));
  const confirmed = confirmedOrders(site);
  let lostWithDisk = 0;
  for (const order of confirmed) {
    if (!logged.has(order) && !onLostDisks.has(order)) problem(`order ${order} was confirmed and is in no log`);
    if (logged.has(order) && !upThere.has(order)) problem(`order ${order} was confirmed and is not in the stream`);
    if (!logged.has(order) && !upThere.has(order)) lostWithDisk += 1;
  }

  const mine = centre.items.filter((item) => item.to === 'all' || item.to === site.dealerId);
  const sound = mine.filter((item) => !item.poison);
  const received = (
    await store.read({ sql: 'SELECT id FROM events WHERE source = ? ORDER BY position', args: [CENTRE_SOURCE] })
  ).map((row) => String(row.id));
  const expected = sound.map((item) => `down-${item.index}`);
  if (received.join() !== expected.join()) {
    const at = expected.findIndex((id, index) => received[index] !== id);
    problem(`down: ${received.length} of ${expected.length}; ${received[at]} came where ${expected[at]} was sent`);
  }
  const prices = await store.read({ sql: "SELECT snapshot FROM prices WHERE sku LIKE 'SKU-%' ORDER BY version" });
  const text = new TextDecoder();
  if (prices.map((row) => String(row.snapshot)).join() !== sound.map((item) => text.decode(item.bytes)).join()) {
    problem('down: the prices are not the ones that were sent');
  }
  const letters = await store.read({ sql: "SELECT DISTINCT payload FROM dead_letters WHERE status = 'open'" });
  const hex = (bytes: unknown) => Buffer.from(bytes as Uint8Array).toString('hex');
  const poison = mine.filter((item) => item.poison).map((item) => hex(item.bytes));
  if (
    letters
      .map((row) => hex(row.payload))
      .toSorted()
      .join() !== poison.toSorted().join()
  ) {
    problem(`down: ${letters.length} dead letters of ${poison.length}, or other bytes`);
  }
  await store.close();
  return {
    ...verdict,
    dealerId: site.dealerId,
    confirmed: confirmed.length,
    epochs: new Set(made.map((event) => event.epoch)).size,
    received: received.length,
    poison: poison.length,
    lostWithDisk,
  };
}

function orderIdOf(dataText: string): string {
  return String((JSON.parse(dataText) as { orderId?: string }).orderId ?? '');
}
