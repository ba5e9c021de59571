import type { NatsConnection } from '@nats-io/nats-core';
import { defineCommand } from 'citty';
import { EdgeError } from '../../../src/core/errors.ts';
import { checkDealerId } from '../../../sync/jetstream/credentials.ts';
import { provision } from '../../../sync/jetstream/provision.ts';
import { loadConfig } from '../config.ts';
import { explainHub, openHub } from '../nats.ts';
import { printResult } from './output.ts';
import { credentials, keys, revokeCommand, rotate, serverConfigCommand, users } from './topics-credentials.ts';

const shared = {
  dealers: { type: 'string', description: 'Ids of dealers, with commas, such as D042,D017', default: '' },
  json: { type: 'boolean', description: 'Print JSON', default: false },
} as const;

const plan = defineCommand({
  meta: { name: 'plan', description: 'What apply would do; changes nothing' },
  args: shared,
  run: ({ args }) => runProvision(args.dealers, args.json, true),
});

const apply = defineCommand({
  meta: {
    name: 'apply',
    description: 'Make the streams of the hub, and a consumer for each dealer; running it again changes nothing',
  },
  args: shared,
  run: ({ args }) => runProvision(args.dealers, args.json, false),
});

/** Uses NATS_URL, with NATS_CREDS of the admin role where the hub asks for credentials. */
async function runProvision(dealers: string, json: boolean, dryRun: boolean): Promise<void> {
  const { config } = await loadConfig();
  if (config.NATS_URL === undefined) {
    throw new EdgeError(
      'invalid-config',
      'NATS_URL is not set: it says where the hub is, such as nats://127.0.0.1:4222.',
    );
  }
  const dealerIds = dealers.split(',').flatMap((id) => (id.trim() === '' ? [] : [id.trim()]));
  for (const id of dealerIds) checkDealerId(id);
  const address = { url: config.NATS_URL, creds: config.NATS_CREDS, ca: config.NATS_CA };
  let nc: NatsConnection | undefined;
  try {
    nc = await openHub(address, 'dealeriq topics', 'admin');
    const server = { version: nc.info?.version, url: nc.getServer() };
    const done = await provision(nc, dealerIds, { dryRun });
    printResult(json, { dryRun, server, done }, function* () {
      yield `nats-server ${server.version} at ${server.url}${dryRun ? ' (plan: nothing was changed)' : ''}`;
      for (const { what, action } of done) yield `  ${action.padEnd(8)}${what}`;
    });
  } catch (error) {
    throw explainHub(config.NATS_URL, error);
  } finally {
    await nc?.close();
  }
}

export const topics = defineCommand({
  meta: { name: 'topics', description: 'The hub: streams, consumers, and who may use them' },
  subCommands: {
    plan,
    apply,
    keys,
    credentials,
    rotate,
    revoke: revokeCommand,
    users,
    'server-config': serverConfigCommand,
  },
});
