import type { NatsConnection } from '@nats-io/nats-core';
import { provision } from '../../../sync/jetstream/provision.ts';
import type { Config } from '../config.ts';
import { explainHub, openHub } from '../nats.ts';
import type { Section } from './topics-section.ts';

/**
 * The hub's streams, and a consumer for each dealer; NATS_CREDS have to be of the admin role where it asks for any.
 * @throws {EdgeError} `invalid-config` saying what stopped it.
 */
export async function provisionHub(config: Config, url: string, dealerIds: readonly string[], dryRun: boolean) {
  const address = { url, creds: config.NATS_CREDS, ca: config.NATS_CA };
  let nc: NatsConnection | undefined;
  try {
    nc = await openHub(address, 'dealeriq topics', 'admin');
    const server = { version: nc.info?.version, url: nc.getServer() };
    const done = await provision(nc, dealerIds, { dryRun });
    const section: Section = {
      title: `nats-server ${server.version} at ${server.url}`,
      rows: done.map(({ what, action }) => ({ action, what, why: '' })),
    };
    return { server, done, section };
  } catch (error) {
    throw explainHub(url, error);
  } finally {
    await nc?.close();
  }
}
