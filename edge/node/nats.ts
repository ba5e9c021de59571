import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { checkServerIdentity, type PeerCertificate } from 'node:tls';
import { connect, credsAuthenticator, type NatsConnection } from '@nats-io/transport-node';
import { EdgeError } from '../../src/core/errors.ts';
import { inboxOf } from '../../sync/jetstream/credentials-subjects.ts';
import { jetStreamDownHub } from '../../sync/jetstream/down-hub.ts';
import { checkServer } from '../../sync/jetstream/provision.ts';
import { jetStreamUpHub } from '../../sync/jetstream/up-hub.ts';
import type { HubConnection } from '../../sync/link.ts';

/** Where the hub is and how to get in. */
export interface HubAddress {
  /** Servers of the hub, several with commas; `tls://` insists on TLS. */
  readonly url: string;
  /** Path of the credentials file. */
  readonly creds?: string | undefined;
  /** Path of the certificates (PEM) that the server's has to descend from; the system's unless given. */
  readonly ca?: string | undefined;
}

export interface HubOptions extends HubAddress {
  readonly dealerId: string;
  readonly deviceId: string;
}

/** Opens one connection to the hub. It does not reconnect by itself: the link starts a new session. */
export async function connectHub(options: HubOptions): Promise<HubConnection> {
  const nc = await openHub(options, `dealeriq ${options.dealerId}/${options.deviceId}`, options.dealerId);
  return {
    up: jetStreamUpHub(nc, options.dealerId, options.deviceId),
    down: jetStreamDownHub(nc, options.dealerId),
    closed: async () => {
      await nc.closed();
    },
    close: () => nc.close(),
  };
}

/**
 * A connection to the hub under a name, with an inbox that its owner's credentials allow: answers come there only.
 * @throws {EdgeError} `invalid-config` when a file cannot be read, or the server is too old.
 */
export async function openHub(address: HubAddress, name: string, inbox: string): Promise<NatsConnection> {
  const servers = address.url.split(',').map((server) => server.trim());
  // The client takes TLS where a server offers it; it insists on it only when it is told to.
  const insists = servers.some((server) => server.startsWith('tls://')) || address.ca !== undefined;
  const nc = await connect({
    servers: servers.map((server) => server.replace(/^tls:\/\//, 'nats://')),
    name,
    inboxPrefix: inboxOf(inbox),
    reconnect: false,
    timeout: 5_000,
    pingInterval: 10_000,
    maxPingOut: 2,
    ...(insists ? { tls: tlsOptions(address.ca, servers) } : {}),
    ...(address.creds === undefined
      ? {}
      : { authenticator: credsAuthenticator(new TextEncoder().encode(read('NATS_CREDS', address.creds))) }),
  });
  try {
    checkServer(nc);
  } catch (error) {
    await nc.close();
    throw error;
  }
  return nc;
}

/** What stopped a command that works on the hub, and what to do; errors of ours stay as they are. */
export function explainHub(url: string, error: unknown): unknown {
  if (error instanceof EdgeError || !(error instanceof Error)) return error;
  const { message } = error;
  const advice = /permissions violation/i.test(message)
    ? 'NATS_CREDS belong to somebody who may not do this: `dealeriq topics` needs those of the role admin, a box those of its dealer.'
    : /authorization|authentication/i.test(message)
      ? 'NATS_CREDS are missing, revoked, or of another hub; or the hub does not have its new accounts yet (`dealeriq topics server-config`, then reload it).'
      : /certificate|altnames|tls/i.test(message)
        ? 'Set NATS_CA to the certificates of the authority that signed the one of the hub, and NATS_URL to a name that is in it.'
        : 'Check NATS_URL, and that the hub runs and can be reached.';
  return new EdgeError('invalid-config', `The hub at ${url} cannot be used: ${message}. ${advice}`, { cause: error });
}

/**
 * The client checks the name in a certificate against `localhost` when a server is named by its address: here it is
 * checked against the address.
 */
function tlsOptions(ca: string | undefined, servers: readonly string[]) {
  const hosts = servers.map((server) => new URL(server.includes('://') ? server : `nats://${server}`).hostname);
  return {
    ...(ca === undefined ? {} : { ca: read('NATS_CA', ca) }),
    checkServerIdentity(name: string, certificate: PeerCertificate): Error | undefined {
      const expected = hosts.includes(name) ? [name] : hosts.map((host) => host.replace(/^\[|\]$/g, '')).filter(isIP);
      const problems = expected.map((host) => checkServerIdentity(host, certificate));
      return problems.includes(undefined)
        ? undefined
        : (problems[0] ?? new Error(`The hub has no name to check: ${name}`));
    },
  };
}

function read(setting: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new EdgeError('invalid-config', `${setting}: ${path} cannot be read. Correct the path.`, { cause: error });
  }
}
