import { readFileSync } from 'node:fs';
import { connect, credsAuthenticator } from '@nats-io/transport-node';
import { jetStreamDownHub } from '../../sync/jetstream/down-hub.ts';
import { checkServer } from '../../sync/jetstream/provision.ts';
import { jetStreamUpHub } from '../../sync/jetstream/up-hub.ts';
import type { HubConnection } from '../../sync/link.ts';

export interface HubOptions {
  /** Servers of the hub, several with commas. */
  readonly url: string;
  /** Path of the credentials file. */
  readonly creds?: string | undefined;
  readonly dealerId: string;
  readonly deviceId: string;
}

/** Opens one connection to the hub. It does not reconnect by itself: the link starts a new session. */
export async function connectHub(options: HubOptions): Promise<HubConnection> {
  const nc = await connect({
    servers: options.url.split(',').map((server) => server.trim()),
    name: `dealeriq ${options.dealerId}/${options.deviceId}`,
    // Answers come to an inbox of this dealer only, which its credentials allow.
    inboxPrefix: `_INBOX.${options.dealerId}`,
    reconnect: false,
    timeout: 5_000,
    pingInterval: 10_000,
    maxPingOut: 2,
    ...(options.creds === undefined ? {} : { authenticator: credsAuthenticator(readFileSync(options.creds)) }),
  });
  checkServer(nc);
  return {
    up: jetStreamUpHub(nc, options.dealerId, options.deviceId),
    down: jetStreamDownHub(nc, options.dealerId),
    closed: async () => {
      await nc.closed();
    },
    close: () => nc.close(),
  };
}
