import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { openLibsql } from '../../edge/node/libsql-driver.ts';
import { readMigrations } from '../../edge/node/migrations.ts';
import { connectHub, type HubAddress } from '../../edge/node/nats.ts';
import { databasePath } from '../../edge/node/open-store.ts';
import { nodePorts } from '../../edge/node/ports.ts';
import type { Lane } from '../../src/core/event.ts';
import type { Link } from '../../src/runtime/link.ts';
import { createRuntime, type Runtime } from '../../src/runtime.ts';
import { groupCommitStore } from '../../src/store/group-commit.ts';
import { LinkCounters } from '../../sync/counters.ts';
import { startLink } from '../../sync/link.ts';
import { arriving } from './edge-box.ts';
import { count, dealer, price, product } from './facts.ts';
import { temporaryFolder } from './temporary-folder.ts';

const SKU = 'HOSE';

export interface SiteOptions {
  readonly dealerId: string;
  readonly deviceId?: string;
  readonly folder?: string;
  /** Which other device's last event it may follow. */
  readonly takeOver?: string | undefined;
}

/** A dealer's site: a box that sells one thing, linked to a hub. */
export interface Site {
  readonly runtime: Runtime;
  readonly link: Link;
  readonly counters: LinkCounters;
  /** Why sessions ended, newest last. */
  readonly errors: string[];
  /** Changes where the hub is, from the next connection on. */
  moveTo(hub: HubAddress): void;
  place(orders: number): Promise<void>;
  /** Ids of the log in order, for one lane. */
  logged(lane: Lane): Promise<string[]>;
  close(): Promise<void>;
}

/** Opens a box and links it to a hub as the server does. */
export async function openSite(hub: HubAddress, options: SiteOptions): Promise<Site> {
  const { dealerId, deviceId = 'B1' } = options;
  const temporary = temporaryFolder();
  const driver = await openLibsql({ url: `file:${databasePath(options.folder ?? temporary.path)}` });
  const store = groupCommitStore(driver, nodePorts.scheduler);
  const runtime = await createRuntime({ store, ports: nodePorts, migrations: readMigrations(), dealerId, deviceId });
  await runtime.receive(arriving('dealer.created', dealer({ dealerId })));
  await runtime.receive(arriving('product.updated', product(SKU)));
  await runtime.receive(arriving('price.changed', price(SKU, 1000)));
  await runtime.receive(arriving('inventory.changed', count(SKU, 1_000_000)));
  let address = hub;
  const errors: string[] = [];
  const counters = new LinkCounters();
  const link = await startLink({
    runtime,
    counters,
    retryMs: { first: 100, most: 500 },
    takeOver: options.takeOver,
    connect: () => connectHub({ ...address, dealerId, deviceId }),
    report: (error) => errors.push(String(error)),
  });
  return {
    runtime,
    link,
    counters,
    errors,
    moveTo: (next) => {
      address = next;
    },
    async place(orders) {
      await Promise.all(
        Array.from({ length: orders }, () =>
          runtime.execute('place-order', { lines: [{ sku: SKU, quantity: 1 }] }, { idempotencyKey: randomUUID() }),
        ),
      );
    },
    async logged(lane) {
      const rows = await store.read({
        sql: 'SELECT id FROM events WHERE lane = ? AND sequence IS NOT NULL ORDER BY epoch, sequence',
        args: [lane],
      });
      return rows.map(({ id }) => String(id));
    },
    async close() {
      await link.close();
      await runtime.close();
      temporary.remove();
    },
  };
}

/** Waits until something holds; fails with what was seen last. */
export async function until(what: string, holds: () => Promise<boolean> | boolean, timeoutMs = 30_000): Promise<void> {
  const deadlineMs = performance.now() + timeoutMs;
  while (!(await holds())) {
    if (performance.now() > deadlineMs) throw new Error(`Not within ${timeoutMs / 1000} s: ${what}.`);
    await setTimeout(20);
  }
}
