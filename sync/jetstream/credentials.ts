import {
  createAccount,
  createOperator,
  createUser,
  encodeOperator,
  encodeUser,
  fmtCreds,
  fromSeed,
  type KeyPair,
} from '@nats-io/jwt';
import { EdgeError } from '../../src/core/errors.ts';
import { natsReceiptSubject } from '../../src/events/names.ts';
import { type Allowed, adminAllowed, bridgeAllowed, dealerAllowed } from './credentials-subjects.ts';

/** Every key of a hub. Whoever has it can let anybody in; it belongs at the centre, and in its backup. */
export interface Keyring {
  readonly version: 1;
  readonly operatorSeed: string;
  /** Signed once: a server refuses to reload a configuration in which it has changed in any way. */
  readonly operatorJwt: string;
  readonly system: AccountKeys;
  /** The account that holds the streams. */
  readonly hub: AccountKeys;
  /** An account for each dealer, which holds nothing and reaches the hub by its imports only. */
  readonly dealers: Readonly<Record<string, AccountKeys>>;
}

export interface AccountKeys {
  readonly seed: string;
  readonly users: readonly IssuedUser[];
}

/** A user whose credentials were handed out. The keyring keeps no user's own seed. */
export interface IssuedUser {
  /** Its public key, which names it when it is revoked. */
  readonly key: string;
  /** Who has it: a device, or a role. */
  readonly holder: string;
  readonly issuedMs: number;
  readonly revokedMs?: number;
}

/** Roles at the centre. */
export type Role = 'bridge' | 'admin' | 'system';

export interface Issued {
  readonly keyring: Keyring;
  readonly user: IssuedUser;
  /** The text of the credentials file. It is nowhere else: a lost one is issued anew. */
  readonly creds: string;
}

/** Keys for a new hub. */
export async function createKeyring(): Promise<Keyring> {
  const account = () => ({ seed: seedOf(createAccount()), users: [] });
  const operator = createOperator();
  const system = account();
  const operatorJwt = await encodeOperator('DealerIQ', operator, { system_account: publicOf(system) });
  return { version: 1, operatorSeed: seedOf(operator), operatorJwt, system, hub: account(), dealers: {} };
}

/** Credentials for one device of a dealer; the dealer's account is made with the first. */
export async function issueDealer(
  keyring: Keyring,
  dealerId: string,
  deviceId: string,
  nowMs: number,
): Promise<Issued> {
  checkDealerId(dealerId);
  const account = keyring.dealers[dealerId] ?? { seed: seedOf(createAccount()), users: [] };
  const issued = await issue(account, deviceId, dealerAllowed(dealerId), nowMs);
  return { ...issued, keyring: { ...keyring, dealers: { ...keyring.dealers, [dealerId]: issued.account } } };
}

/** Credentials for a role at the centre. */
export async function issueRole(keyring: Keyring, role: Role, nowMs: number): Promise<Issued> {
  if (role === 'system') {
    const everything = { publish: ['$SYS.>'], subscribe: ['$SYS.>', '_INBOX.>'] };
    const issued = await issue(keyring.system, role, everything, nowMs);
    return { ...issued, keyring: { ...keyring, system: issued.account } };
  }
  const issued = await issue(keyring.hub, role, role === 'admin' ? adminAllowed : bridgeAllowed, nowMs);
  return { ...issued, keyring: { ...keyring, hub: issued.account } };
}

/**
 * Marks users as revoked. It is in force as soon as the server has the new configuration.
 * @throws {EdgeError} `not-found` when nobody of the account fits.
 */
export function revoke(
  keyring: Keyring,
  owner: { readonly dealerId: string } | { readonly role: Role },
  which: (user: IssuedUser) => boolean,
  nowMs: number,
): { readonly keyring: Keyring; readonly revoked: readonly IssuedUser[] } {
  const account = accountOf(keyring, owner);
  const revoked: IssuedUser[] = [];
  const users = (account?.users ?? []).map((user) => {
    // Roles share the hub's account.
    if ('role' in owner && user.holder !== owner.role) return user;
    if (user.revokedMs !== undefined || !which(user)) return user;
    const marked = { ...user, revokedMs: nowMs };
    revoked.push(marked);
    return marked;
  });
  if (account === undefined || revoked.length === 0) {
    const name = 'role' in owner ? owner.role : owner.dealerId;
    throw new EdgeError(
      'not-found',
      `Nothing of ${name} is in force that could be revoked. See \`dealeriq topics users\`.`,
    );
  }
  const next = { ...account, users };
  if ('dealerId' in owner) {
    return { revoked, keyring: { ...keyring, dealers: { ...keyring.dealers, [owner.dealerId]: next } } };
  }
  return { revoked, keyring: owner.role === 'system' ? { ...keyring, system: next } : { ...keyring, hub: next } };
}

/** The users of a dealer or role, newest last. */
export function usersOf(
  keyring: Keyring,
  owner: { readonly dealerId: string } | { readonly role: Role },
): readonly IssuedUser[] {
  const users = accountOf(keyring, owner)?.users ?? [];
  return 'role' in owner ? users.filter(({ holder }) => holder === owner.role) : users;
}

async function issue(account: AccountKeys, holder: string, allowed: Allowed, nowMs: number) {
  const pair = createUser();
  const jwt = await encodeUser(holder, pair, fromSeed(bytes(account.seed)), {
    pub: { allow: [...allowed.publish] },
    sub: { allow: [...allowed.subscribe] },
  });
  const user: IssuedUser = { key: pair.getPublicKey(), holder, issuedMs: nowMs };
  const creds = new TextDecoder().decode(fmtCreds(jwt, pair));
  return { user, creds, account: { ...account, users: [...account.users, user] } };
}

function accountOf(keyring: Keyring, owner: { dealerId: string } | { role: Role }): AccountKeys | undefined {
  if ('dealerId' in owner) return keyring.dealers[owner.dealerId];
  return owner.role === 'system' ? keyring.system : keyring.hub;
}

/** @throws {EdgeError} `invalid-config` when the id could reach beyond its own subjects. */
export function checkDealerId(dealerId: string): void {
  try {
    natsReceiptSubject(dealerId);
  } catch (error) {
    throw new EdgeError(
      'invalid-config',
      `${error instanceof Error ? error.message : error}: letters, digits, _ and - only.`,
      { cause: error },
    );
  }
}

/** The public key of an account. */
export function publicOf(account: AccountKeys): string {
  return fromSeed(bytes(account.seed)).getPublicKey();
}

function seedOf(pair: KeyPair): string {
  return new TextDecoder().decode(pair.getSeed());
}

/** A seed, or other ASCII text, as bytes. */
export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
