import { openPayloadCodec } from '../../sync/bridge/registry/open-codec.ts';
import type { PayloadCodec } from '../../sync/bridge/registry/payload-codec.ts';
import { registryClient } from '../../sync/bridge/registry/registry-client.ts';
import { openSchemaCache } from '../../sync/bridge/registry/schema-cache.ts';
import type { Backbone } from './backbone.ts';

/** The prefix of the registry's subjects; topics have one of their own each round, with the same schemas. */
export const SCHEMA_PREFIX = 'dealeriq';

/** What a process of the bridge, or one that stands in for it, is started with. */
export interface BridgeRun {
  readonly hub: string;
  readonly broker: string;
  readonly registry: string;
  readonly prefix: string;
  readonly shards: number;
  /** How many events make a round; it runs on without. */
  readonly events?: number;
}

/** How long a round took. */
export interface BridgeRound {
  readonly events: number;
  readonly seconds: number;
}

/** The arguments of such a process. */
export function runArgument(backbone: Backbone, prefix: string, events?: number): string {
  const { hub, broker, registry, shards } = backbone;
  const run: BridgeRun = {
    hub: hub.url,
    broker,
    registry,
    prefix,
    shards,
    ...(events === undefined ? {} : { events }),
  };
  return JSON.stringify(run);
}

/** The codec with the id of every schema, out of the registry. */
export async function openCodec({ registry }: Pick<BridgeRun, 'registry'>): Promise<PayloadCodec> {
  const client = registryClient({ url: registry });
  const cache = openSchemaCache({ registry: client.url });
  const { codec, schemas } = openPayloadCodec({ client, format: 'avro', cache, prefix: SCHEMA_PREFIX });
  const { missing } = await schemas.prepare();
  if (missing.length > 0) throw new Error(`The registry lacks ${missing.join(', ')}.`);
  return codec;
}
