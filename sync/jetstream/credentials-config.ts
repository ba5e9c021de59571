import { type Account as AccountClaims, encodeAccount, fromSeed, type OperatorLimits } from '@nats-io/jwt';
import { type AccountKeys, bytes, type Keyring, publicOf } from './credentials.ts';
import { dealerImports, hubServices, JETSTREAM_INFO, NOTHING } from './credentials-subjects.ts';

const UNLIMITED = -1;

/** Connections of one dealer's devices and leaf nodes at the same time. */
const DEALER_CONNECTIONS = 32;
const DEALER_SUBSCRIPTIONS = 256;

/** The part of the server's configuration that says who may do what. It holds no secret: signed claims and public keys. */
export async function serverConfig(keyring: Keyring): Promise<string> {
  const operator = fromSeed(bytes(keyring.operatorSeed));
  const accounts: [string, AccountKeys, Partial<AccountClaims>][] = [
    ['system', keyring.system, { limits: limits({ conn: UNLIMITED, subs: UNLIMITED }) }],
    ['hub', keyring.hub, hubClaims()],
    ...Object.entries(keyring.dealers).map(
      ([dealerId, keys]) =>
        [`dealer ${dealerId}`, keys, dealerClaims(dealerId, publicOf(keyring.hub))] as [
          string,
          AccountKeys,
          Partial<AccountClaims>,
        ],
    ),
  ];
  const preload: string[] = [];
  for (const [name, keys, claims] of accounts) {
    const revocations = Object.fromEntries(
      keys.users.flatMap((user) =>
        user.revokedMs === undefined ? [] : [[user.key, Math.ceil(user.revokedMs / 1000)]],
      ),
    );
    const jwt = await encodeAccount(name, fromSeed(bytes(keys.seed)), { ...claims, revocations }, { signer: operator });
    preload.push(`  # ${name}`, `  ${publicOf(keys)}: ${jwt}`);
  }
  return [
    '# Who may do what. Written by `dealeriq topics server-config`; include it and reload the server after each change.',
    `operator: ${keyring.operatorJwt}`,
    `system_account: ${publicOf(keyring.system)}`,
    'resolver: MEMORY',
    'resolver_preload: {',
    ...preload,
    '}',
    '',
  ].join('\n');
}

function hubClaims(): Partial<AccountClaims> {
  return {
    limits: limits({ conn: UNLIMITED, subs: UNLIMITED, mem_storage: UNLIMITED, disk_storage: UNLIMITED }),
    exports: [...hubServices, { name: 'nothing', exported: NOTHING, streams: false }].map((service) => ({
      name: service.name,
      subject: service.exported,
      type: 'service',
      response_type: service.streams === true ? 'Stream' : 'Singleton',
    })),
  };
}

function dealerClaims(dealerId: string, hubAccount: string): Partial<AccountClaims> {
  return {
    limits: limits({ conn: DEALER_CONNECTIONS, subs: DEALER_SUBSCRIPTIONS, leaf: DEALER_CONNECTIONS }),
    imports: [...dealerImports(dealerId), { name: 'nothing', from: NOTHING, as: JETSTREAM_INFO }].map(
      ({ name, from, as }) => ({ name, subject: from, local_subject: as, account: hubAccount, type: 'service' }),
    ),
  };
}

function limits(changes: OperatorLimits): OperatorLimits {
  return {
    subs: UNLIMITED,
    data: UNLIMITED,
    payload: UNLIMITED,
    imports: UNLIMITED,
    exports: UNLIMITED,
    wildcards: true,
    conn: UNLIMITED,
    leaf: UNLIMITED,
    streams: UNLIMITED,
    consumer: UNLIMITED,
    ...changes,
  };
}
