import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { checkDealerId, createKeyring, issueDealer, issueRole, revoke } from '../../sync/jetstream/credentials.ts';
import { serverConfig } from '../../sync/jetstream/credentials-config.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const CLI = resolve(import.meta.dirname, '../../edge/node/cli.ts');

describe('the keys of a hub', () => {
  const folder = temporaryFolder();
  afterAll(() => folder.remove());
  const topics = (...args: string[]) => {
    try {
      const options = { cwd: folder.path, encoding: 'utf8', stdio: 'pipe' } as const;
      return { status: 0, text: execFileSync(process.execPath, [CLI, 'topics', ...args], options) };
    } catch (error) {
      const { status, stderr } = error as { status: number; stderr: string };
      return { status, text: stderr };
    }
  };
  const modeOf = (name: string) => (statSync(join(folder.path, name)).mode & 0o777).toString(8);

  test('are made, used, and never overwritten; only their owner can read them', { timeout: 60_000 }, () => {
    expect(topics('credentials', '--keys', 'k', '--dealer', 'D042', '--out', 'a.creds')).toMatchObject({ status: 2 });
    expect(topics('keys', '--keys', 'k').status).toBe(0);
    expect(topics('keys', '--keys', 'k')).toMatchObject({ status: 1, text: expect.stringContaining('exists') });
    expect(topics('credentials', '--keys', 'k', '--dealer', 'D042', '--out', 'a.creds').status).toBe(0);
    expect(topics('credentials', '--keys', 'k', '--dealer', 'D042', '--out', 'a.creds').status).toBe(1);
    expect(topics('credentials', '--keys', 'k', '--dealer', 'D0.>', '--out', 'b.creds').status).toBe(2);
    expect(topics('revoke', '--keys', 'k', '--dealer', 'D042').status).toBe(2);
    expect([modeOf('k'), modeOf('k/keyring.json'), modeOf('a.creds')]).toEqual(['700', '600', '600']);
    const listed = JSON.parse(topics('users', '--keys', 'k', '--json').text) as { holder: string }[];
    expect(listed.map(({ holder }) => holder)).toEqual(['B1']);
    // What the server gets holds no key that signs.
    expect(topics('server-config', '--keys', 'k', '--out', 'accounts.conf').status).toBe(0);
    const seeds = readFileSync(join(folder.path, 'k/keyring.json'), 'utf8').match(/S[OA][A-Z0-9]{56}/g) ?? [];
    expect(seeds.length).toBe(4);
    const config = readFileSync(join(folder.path, 'accounts.conf'), 'utf8');
    expect(seeds.filter((seed) => config.includes(seed))).toEqual([]);
  });

  test.each(['all', '*', '>', 'D042.>', 'D042.D017', 'D0 42', ''])(
    'take no dealer id that reaches further: %j',
    (id) => {
      expect(() => checkDealerId(id)).toThrow(/is not a dealer id/);
    },
  );

  test('revoke one role and leave the others', async () => {
    let keyring = await createKeyring();
    for (const role of ['admin', 'bridge'] as const) ({ keyring } = await issueRole(keyring, role, 1));
    const { revoked } = revoke(keyring, { role: 'bridge' }, () => true, 2);
    expect(revoked.map(({ holder }) => holder)).toEqual(['bridge']);
    expect(() => revoke(keyring, { dealerId: 'D099' }, () => true, 2)).toThrow(/Nothing of D099/);
  });

  test('leave the operator as it was signed, because a server reloads nothing else', async () => {
    let keyring = await createKeyring();
    const operatorOf = async () =>
      (await serverConfig(keyring)).split('\n').find((line) => line.startsWith('operator:'));
    const before = await operatorOf();
    ({ keyring } = await issueDealer(keyring, 'D042', 'B1', 1));
    expect(await operatorOf()).toBe(before);
  });
});
