import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { openLibsql } from '../../edge/node/libsql-driver.ts';
import { readMigrations } from '../../edge/node/migrations.ts';
import { databasePath } from '../../edge/node/open-store.ts';
import { nodePorts } from '../../edge/node/ports.ts';
import type { Ports } from '../../src/core/ports.ts';
import type { EventData, EventType } from '../../src/events/catalog.ts';
import type { Incoming } from '../../src/runtime/receive.ts';
import { createRuntime, type Received, type Runtime } from '../../src/runtime.ts';
import { type Driver, groupCommitStore } from '../../src/store/group-commit.ts';
import type { Row, Store } from '../../src/store/store.ts';
import { count, dealer, price, product } from './facts.ts';
import { temporaryFolder } from './temporary-folder.ts';

export interface BoxOptions {
  readonly folder?: string;
  readonly clock?: Ports['clock'];
  /** Puts something between the store and its driver. */
  readonly wrap?: (driver: Driver) => Driver;
  readonly deviceId?: string;
}

/** A whole edge box on a database file of its own. */
export interface EdgeBox {
  readonly runtime: Runtime;
  readonly store: Store;
  readonly folder: string;
  rows(sql: string, ...args: (string | number)[]): Promise<readonly Row[]>;
  /** An event from the centre arrives. */
  receive<Type extends EventType>(type: Type, data: EventData<Type>, more?: Partial<Arriving>): Promise<Received>;
  close(): Promise<void>;
  /** Closes the box and opens it again on the same file. */
  reopen(options?: BoxOptions): Promise<EdgeBox>;
  /** Closes the box and removes its folder. */
  dispose(): Promise<void>;
}

export interface Arriving {
  readonly id: string;
  readonly source: string;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly delivery: NonNullable<Incoming['delivery']>;
  readonly history: boolean;
  readonly bytes: Uint8Array;
}

/** What arrives from the centre, as the downlink hands it over. */
export function arriving(type: string, data: unknown, more: Partial<Arriving> = {}): Incoming {
  return {
    attributes: {
      specversion: '1.0',
      id: more.id ?? nodePorts.random.uuid(),
      source: more.source ?? 'urn:dealeriq:centre:test',
      type,
      ...more.attributes,
    },
    data,
    raw: {
      bytes: more.bytes ?? new TextEncoder().encode(JSON.stringify(data)),
      contentType: 'application/json',
      headers: { 'ce-type': type },
      gate: 'inbound',
    },
    ...(more.delivery === undefined ? {} : { delivery: more.delivery }),
    ...(more.history === undefined ? {} : { history: more.history }),
  };
}

export async function openBox(options: BoxOptions = {}): Promise<EdgeBox> {
  const folder = options.folder ?? temporaryFolder().path;
  const driver = await openLibsql({ url: `file:${databasePath(folder)}` });
  const store = groupCommitStore(options.wrap?.(driver) ?? driver, nodePorts.scheduler);
  const runtime = await createRuntime({
    store,
    ports: { ...nodePorts, ...(options.clock === undefined ? {} : { clock: options.clock }) },
    migrations: readMigrations(),
    dealerId: 'D042',
    deviceId: options.deviceId ?? 'B1',
  });
  let open = true;
  const close = async () => {
    if (open) await runtime.close();
    open = false;
  };
  return {
    runtime,
    store,
    folder,
    rows: (sql, ...args) => store.read({ sql, args }),
    receive: (type, data, more) => runtime.receive(arriving(type, data, more)),
    close,
    reopen: async (next = {}) => {
      await close();
      return openBox({ ...next, folder });
    },
    dispose: async () => {
      await close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A box whose dealer sells these SKUs, with so many pieces of each. */
export async function openShop(onHand: Readonly<Record<string, number>>, options: BoxOptions = {}): Promise<EdgeBox> {
  const box = await openBox(options);
  await box.receive('dealer.created', dealer());
  for (const [sku, pieces] of Object.entries(onHand)) {
    await box.receive('product.updated', product(sku));
    await box.receive('price.changed', price(sku, 1000));
    await box.receive('inventory.changed', count(sku, pieces));
  }
  return box;
}

/** The tables that are derived from the log. */
export const READ_MODELS = [
  'dealers',
  'products',
  'products_fts',
  'prices',
  'promotions',
  'stock',
  'orders',
  'tickets',
  'feedback',
  'forecasts',
  'forecast_errors',
  'suggestions',
  'pipeline_runs',
  'models',
  'model_reports',
  'incidents',
] as const;

/** SHA-256 over every row of every read model, and how many rows there are. */
export async function digestsOf(store: Store): Promise<Record<string, { rows: number; sha256: string }>> {
  const digests: Record<string, { rows: number; sha256: string }> = {};
  for (const table of READ_MODELS) {
    const key = table === 'products_fts' ? 'rowid, *' : '*';
    const rows = await store.read({ sql: `SELECT ${key} FROM ${table} ORDER BY 1, 2, 3` });
    const hash = createHash('sha256');
    for (const row of rows) hash.update(`${JSON.stringify(Object.entries(row))}\n`);
    digests[table] = { rows: rows.length, sha256: hash.digest('hex') };
  }
  return digests;
}
