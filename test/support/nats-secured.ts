import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NatsConnection } from '@nats-io/nats-core';
import { type HubAddress, openHub } from '../../edge/node/nats.ts';
import {
  createKeyring,
  type IssuedUser,
  issueDealer,
  issueRole,
  type Keyring,
  type Role,
  revoke,
} from '../../sync/jetstream/credentials.ts';
import { serverConfig } from '../../sync/jetstream/credentials-config.ts';
import { provision } from '../../sync/jetstream/provision.ts';
import { type NatsServer, type NatsServerOptions, startNatsServer } from './nats-server.ts';

/** A hub that lets in whom its keyring knows, as `dealeriq topics` sets one up. */
export interface SecuredHub {
  readonly server: NatsServer;
  readonly admin: NatsConnection;
  /** Where a dealer's box finds it, with credentials of its own. */
  address(dealerId: string, deviceId?: string): Promise<HubAddress & { readonly user: IssuedUser }>;
  /** The same for a role at the centre. */
  roleAddress(role: Role): Promise<HubAddress & { readonly user: IssuedUser }>;
  revoke(dealerId: string, user: IssuedUser): void;
  /** Connects the administrator again after the server was down. */
  reconnectAdmin(): Promise<void>;
  /** Puts the keyring in force. */
  reload(): Promise<void>;
  dispose(): Promise<void>;
}

/** Starts a hub for these dealers. */
export async function startSecuredHub(
  dealerIds: readonly string[],
  options: NatsServerOptions = {},
): Promise<SecuredHub> {
  let keyring: Keyring = await createKeyring();
  for (const dealerId of dealerIds) ({ keyring } = await issueDealer(keyring, dealerId, 'spare', Date.now()));
  const issued = await issueRole(keyring, 'admin', Date.now());
  keyring = issued.keyring;
  const extra = async () => `${options.extra ?? ''}\n${await serverConfig(keyring)}`;
  const server = await startNatsServer({ ...options, extra: await extra() });
  const save = (name: string, creds: string) => {
    const path = join(server.folder, `${name}.creds`);
    writeFileSync(path, creds, { mode: 0o600 });
    return { url: server.url, creds: path };
  };
  const connectAdmin = () => openHub(save('admin', issued.creds), 'test admin', 'admin');
  let admin = await connectAdmin();
  await provision(admin, dealerIds);
  return {
    server,
    get admin() {
      return admin;
    },
    async reconnectAdmin() {
      await admin.close();
      admin = await connectAdmin();
    },
    async address(dealerId, deviceId = 'B1') {
      const next = await issueDealer(keyring, dealerId, deviceId, Date.now());
      keyring = next.keyring;
      return { ...save(next.user.key, next.creds), user: next.user };
    },
    async roleAddress(role) {
      const next = await issueRole(keyring, role, Date.now());
      keyring = next.keyring;
      return { ...save(next.user.key, next.creds), user: next.user };
    },
    revoke(dealerId, user) {
      ({ keyring } = revoke(keyring, { dealerId }, ({ key }) => key === user.key, Date.now()));
    },
    reload: async () => server.reload(await extra()),
    async dispose() {
      await admin.close();
      await server.dispose();
    },
  };
}
