import {
  AckPolicy,
  DeliverPolicy,
  type JetStreamManager,
  jetstreamManager,
  type StreamConfig,
} from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/nats-core';
import { EdgeError } from '../../src/core/errors.ts';
import { DOWN, downConsumer, STREAM_CREATED, streams } from './streams.ts';

/** The first version with everything that the protocol needs. Older ones drop unknown stream settings silently. */
const VERSION_MIN = [2, 15] as const;

/** What provisioning did, or would do. */
export interface Provisioned {
  readonly what: string;
  readonly action: 'create' | 'update' | 'keep';
}

/**
 * Makes the hub's streams, and a consumer for each dealer, what they have to be.
 * @throws {EdgeError} `invalid-config` when the server is too old, or did not take a setting.
 */
export async function provision(
  nc: NatsConnection,
  dealerIds: readonly string[],
  options: { readonly dryRun?: boolean } = {},
): Promise<readonly Provisioned[]> {
  checkServer(nc);
  const jsm = await jetstreamManager(nc);
  const done: Provisioned[] = [];
  for (const wanted of streams) {
    const existing = await streamConfig(jsm, wanted.name);
    const action = existing === undefined ? 'create' : differences(wanted, existing).length > 0 ? 'update' : 'keep';
    done.push({ what: `stream ${wanted.name}`, action });
    if (options.dryRun === true || action === 'keep') continue;
    const info = action === 'create' ? await jsm.streams.add(wanted) : await jsm.streams.update(wanted.name, wanted);
    refuseDropped(wanted, info.config);
  }
  const created = options.dryRun === true ? '' : (await jsm.streams.info(DOWN)).created;
  for (const dealerId of dealerIds) {
    const name = downConsumer(dealerId);
    const exists = await consumerExists(jsm, name);
    done.push({ what: `consumer ${name}`, action: exists ? 'keep' : 'create' });
    if (options.dryRun === true || exists) continue;
    await jsm.consumers.add(DOWN, {
      durable_name: name,
      ack_policy: AckPolicy.All,
      deliver_policy: DeliverPolicy.All,
      filter_subjects: [`dealeriq.down.${dealerId}.>`, 'dealeriq.down.all.>'],
      ack_wait: 60_000_000_000,
      max_ack_pending: 10_000,
      metadata: { [STREAM_CREATED]: String(created) },
    });
  }
  return done;
}

/** @throws {EdgeError} `invalid-config` when the server is older than the protocol needs. */
export function checkServer(nc: NatsConnection): void {
  const version = nc.info?.version ?? '0';
  const [major = 0, minor = 0] = version.split('.').map(Number);
  if (major > VERSION_MIN[0] || (major === VERSION_MIN[0] && minor >= VERSION_MIN[1])) return;
  throw new EdgeError(
    'invalid-config',
    `nats-server ${version} is too old: ${VERSION_MIN.join('.')} or newer is needed, because older ones ignore the expected-last guard and atomic batches. Update the server at ${nc.getServer()}.`,
  );
}

/** @throws {EdgeError} `invalid-config` naming the settings that the server did not take. */
export function refuseDropped(wanted: Partial<StreamConfig>, echoed: StreamConfig): void {
  const dropped = differences(wanted, echoed);
  if (dropped.length === 0) return;
  throw new EdgeError(
    'invalid-config',
    `The server did not take these settings of stream ${wanted.name}: ${dropped.join(', ')}. Without them events can be lost or repeated; update the server, or check its limits.`,
  );
}

function differences(wanted: Partial<StreamConfig>, echoed: StreamConfig): string[] {
  const seen = echoed as unknown as Record<string, unknown>;
  return Object.entries(wanted)
    .filter(([key, value]) => JSON.stringify(seen[key] ?? (value === 0 ? 0 : undefined)) !== JSON.stringify(value))
    .map(([key, value]) => `${key} should be ${JSON.stringify(value)} and is ${JSON.stringify(seen[key] ?? null)}`);
}

async function streamConfig(jsm: JetStreamManager, name: string): Promise<StreamConfig | undefined> {
  try {
    return (await jsm.streams.info(name)).config;
  } catch (error) {
    if (isNotFound(error)) return undefined;
    throw error;
  }
}

async function consumerExists(jsm: JetStreamManager, name: string): Promise<boolean> {
  try {
    await jsm.consumers.info(DOWN, name);
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}

function isNotFound(error: unknown): boolean {
  return error instanceof Error && /not found/i.test(error.message);
}
