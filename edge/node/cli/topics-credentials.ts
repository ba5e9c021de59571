import { existsSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { defineCommand } from 'citty';
import { EdgeError } from '../../../src/core/errors.ts';
import {
  createKeyring,
  type Issued,
  type IssuedUser,
  issueDealer,
  issueRole,
  type Keyring,
  type Role,
  revoke,
  usersOf,
} from '../../../sync/jetstream/credentials.ts';
import { serverConfig } from '../../../sync/jetstream/credentials-config.ts';
import { keyringPath, readKeyring, refuseIfThere, writeKeyring, writeSecret } from './key-folder.ts';
import { print, printResult } from './output.ts';

const keysArg = { type: 'string', description: 'Folder of the keys of the hub', required: true } as const;
const json = { type: 'boolean', description: 'Print JSON', default: false } as const;
const owner = {
  dealer: { type: 'string', description: 'Id of a dealer, such as D042' },
  role: { type: 'string', description: 'bridge, admin or system, in place of a dealer' },
} as const;

type Owner = { readonly dealerId: string } | { readonly role: Role };

export const keys = defineCommand({
  meta: { name: 'keys', description: 'Make the keys of a new hub' },
  args: { keys: keysArg, json },
  async run({ args }) {
    const file = keyringPath(args.keys);
    refuseIfThere(file);
    writeKeyring(args.keys, await createKeyring());
    printResult(args.json, { file }, () => [
      `The keys of the hub are in ${file}. Whoever has them can let anybody in: keep them at the centre, and back them up.`,
      `Next: dealeriq topics credentials --keys ${args.keys} --role admin --out admin.creds`,
    ]);
  },
});

const issueArgs = {
  keys: keysArg,
  ...owner,
  device: { type: 'string', description: 'Id of the device that gets them', default: 'B1' },
  out: { type: 'string', description: 'File for the credentials', required: true },
  json,
} as const;

export const credentials = defineCommand({
  meta: { name: 'credentials', description: 'Issue credentials for a device of a dealer, or for a role' },
  args: issueArgs,
  async run({ args }) {
    const keyring = readKeyring(args.keys);
    const who = ownerOf(args);
    refuseIfThere(args.out);
    const isNew = 'dealerId' in who && keyring.dealers[who.dealerId] === undefined;
    const issued = await issueFor(keyring, who, args.device);
    save(args.keys, args.out, issued);
    printResult(args.json, { file: args.out, user: issued.user, serverConfigChanged: isNew }, function* () {
      yield `${args.out} lets ${nameOf(who)} in as ${issued.user.key}.`;
      if (isNew)
        yield `The dealer is new: write the server's configuration with \`dealeriq topics server-config\` and reload it.`;
    });
  },
});

export const rotate = defineCommand({
  meta: { name: 'rotate', description: 'Issue new credentials; the old ones stay in force until they are revoked' },
  args: issueArgs,
  async run({ args }) {
    const keyring = readKeyring(args.keys);
    const who = ownerOf(args);
    refuseIfThere(args.out);
    const holder = 'role' in who ? who.role : args.device;
    const old = usersOf(keyring, who).filter((user) => user.holder === holder && user.revokedMs === undefined);
    if (old.length === 0) {
      throw new EdgeError(
        'not-found',
        `${nameOf(who)} has no credentials for ${holder} yet: use \`dealeriq topics credentials\`.`,
      );
    }
    const issued = await issueFor(keyring, who, args.device);
    save(args.keys, args.out, issued);
    printResult(args.json, { file: args.out, user: issued.user, old }, function* () {
      yield `${args.out} lets ${nameOf(who)} in as ${issued.user.key}.`;
      yield 'Put it in the place of the old file: a box reads it when it connects next. Then revoke the old ones:';
      for (const { key } of old) yield `  dealeriq topics revoke --keys ${args.keys} ${optionsOf(who)} --key ${key}`;
    });
  },
});

export const revokeCommand = defineCommand({
  meta: { name: 'revoke', description: 'Let credentials in no more, once the server has its new configuration' },
  args: {
    keys: keysArg,
    ...owner,
    key: { type: 'string', description: 'The user that the credentials name (U…)' },
    device: { type: 'string', description: 'Every one of a device' },
    all: { type: 'boolean', description: 'Every one of the dealer or role', default: false },
    json,
  },
  run({ args }) {
    const who = ownerOf(args);
    if ([args.key !== undefined, args.device !== undefined, args.all].filter(Boolean).length !== 1) {
      throw new EdgeError('invalid-config', 'Say which: --key U…, --device NAME or --all.');
    }
    const fits = (user: IssuedUser) => args.all || user.key === args.key || user.holder === args.device;
    const { keyring, revoked } = revoke(readKeyring(args.keys), who, fits, Date.now());
    writeKeyring(args.keys, keyring);
    printResult(args.json, { revoked }, function* () {
      for (const user of revoked) yield `revoked ${user.key} (${user.holder})`;
      yield 'In force once the server has it: write its configuration with `dealeriq topics server-config` and reload it.';
    });
  },
});

export const users = defineCommand({
  meta: { name: 'users', description: 'Who has credentials' },
  args: { keys: keysArg, json },
  run({ args }) {
    const keyring = readKeyring(args.keys);
    const rows = [
      ...(['admin', 'bridge', 'system'] as const).flatMap((role) => usersOf(keyring, { role })),
      ...Object.keys(keyring.dealers).flatMap((dealerId) =>
        usersOf(keyring, { dealerId }).map((user) => ({ ...user, dealerId })),
      ),
    ];
    printResult(args.json, rows, () =>
      rows.map((user) =>
        [
          ('dealerId' in user ? String(user.dealerId) : 'centre').padEnd(12),
          user.holder.padEnd(12),
          user.key,
          new Date(user.issuedMs).toISOString(),
          user.revokedMs === undefined ? 'in force' : `revoked ${new Date(user.revokedMs).toISOString()}`,
        ].join('  '),
      ),
    );
  },
});

export const serverConfigCommand = defineCommand({
  meta: { name: 'server-config', description: "The part of the server's configuration that says who may do what" },
  args: { keys: keysArg, out: { type: 'string', description: 'File to write; standard output unless given' }, json },
  async run({ args }) {
    const keyring = readKeyring(args.keys);
    const text = await serverConfig(keyring);
    const dealers = Object.keys(keyring.dealers);
    const file = args.out;
    if (file === undefined) {
      print(args.json ? JSON.stringify({ text, dealers }) : text);
      return;
    }
    const isNew = !existsSync(file);
    writeFileSync(file, text);
    printResult(args.json, { file, dealers }, () => [
      `${file} is written, with ${dealers.length} ${dealers.length === 1 ? 'dealer' : 'dealers'}.`,
      isNew
        ? `Say \`include '${basename(file)}'\` in the server's configuration, in the same folder, and start it.`
        : 'Put it in force with `nats-server --signal reload=PID`; nobody is cut off but those who were revoked.',
    ]);
  },
});

function issueFor(keyring: Keyring, who: Owner, device: string): Promise<Issued> {
  return 'role' in who
    ? issueRole(keyring, who.role, Date.now())
    : issueDealer(keyring, who.dealerId, device, Date.now());
}

function save(folder: string, out: string, issued: Issued): void {
  // The keyring first: credentials that it does not know could not be revoked.
  writeKeyring(folder, issued.keyring);
  writeSecret(out, issued.creds);
}

function ownerOf(args: { dealer?: string | undefined; role?: string | undefined }): Owner {
  if (args.dealer !== undefined && args.role === undefined) return { dealerId: args.dealer };
  if (args.dealer === undefined && (args.role === 'bridge' || args.role === 'admin' || args.role === 'system')) {
    return { role: args.role };
  }
  throw new EdgeError('invalid-config', 'Say for whom: --dealer ID, or --role bridge, admin or system.');
}

const nameOf = (who: Owner) => ('role' in who ? who.role : `dealer ${who.dealerId}`);
const optionsOf = (who: Owner) => ('role' in who ? `--role ${who.role}` : `--dealer ${who.dealerId}`);
