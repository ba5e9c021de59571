import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openHub } from '../../edge/node/nats.ts';
import { type NatsServer, natsOrSkip, startNatsServer } from '../support/nats-server.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const binary = await natsOrSkip();

describe.skipIf(binary === undefined)('TLS', () => {
  const folder = temporaryFolder();
  const file = (name: string) => join(folder.path, name);
  let secure: NatsServer;
  let plain: NatsServer;
  const filesOf = (name: string) => ({
    cert_file: file(`${name}.pem`),
    key_file: file(`${name}.key`),
    min_version: '1.3',
  });
  const address = (name: 'ours' | 'theirs') => ({
    url: `tls://localhost:${secure.port}`,
    ca: file(`${name}.pem`),
  });

  beforeAll(async () => {
    authority('ours');
    authority('theirs');
    certificate('server', 'ours', 'DNS:localhost');
    certificate('address', 'ours', 'IP:127.0.0.1');
    secure = await startNatsServer({ extra: `tls: ${JSON.stringify(filesOf('server'))}` });
    plain = await startNatsServer();
  });
  afterAll(async () => {
    await secure?.dispose();
    await plain?.dispose();
    folder.remove();
  });

  test('with the right authority is used', async () => {
    const nc = await openHub(address('ours'), 'test', 'D042');
    expect(nc.info?.tls_required).toBe(true);
    expect((await nc.request('$JS.API.INFO')).string()).toContain('account_info_response');
    await nc.close();
  });

  test('with another authority is refused', async () => {
    await expect(openHub(address('theirs'), 'test', 'D042')).rejects.toThrow(/certificate/i);
  });

  test('with no authority but those of the system is refused', async () => {
    await expect(openHub({ url: address('ours').url }, 'test', 'D042')).rejects.toThrow(/certificate/i);
  });

  test('of a certificate for another name is refused', async () => {
    const other = { ...address('ours'), url: `tls://127.0.0.1:${secure.port}` };
    await expect(openHub(other, 'test', 'D042')).rejects.toThrow(/altnames|does not match/i);
  });

  test('of a certificate for the address itself is used', async () => {
    const address = await startNatsServer({ extra: `tls: ${JSON.stringify(filesOf('address'))}` });
    const nc = await openHub({ url: `tls://127.0.0.1:${address.port}`, ca: file('ours.pem') }, 'test', 'D042');
    expect(nc.info?.tls_required).toBe(true);
    await nc.close();
    await address.dispose();
  });

  test('is insisted on: tls:// to a server without it is refused', async () => {
    await expect(openHub({ url: `tls://localhost:${plain.port}` }, 'test', 'D042')).rejects.toThrow(/tls/i);
    const named = { url: `nats://localhost:${plain.port}`, ca: file('ours.pem') };
    await expect(openHub(named, 'test', 'D042')).rejects.toThrow(/tls/i);
  });

  test('names the setting when the authority cannot be read', async () => {
    await expect(openHub({ ...address('ours'), ca: file('none.pem') }, 'test', 'D042')).rejects.toThrow(/NATS_CA/);
  });

  function authority(name: string): void {
    openssl(
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-days',
      '2',
      '-subj',
      `/CN=${name}`,
      '-keyout',
      file(`${name}.key`),
      '-out',
      file(`${name}.pem`),
    );
  }

  function certificate(name: string, issuer: string, altName: string): void {
    openssl(
      'req',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-subj',
      `/CN=${name}`,
      '-keyout',
      file(`${name}.key`),
      '-out',
      file(`${name}.csr`),
    );
    writeFileSync(file(`${name}.ext`), `subjectAltName=${altName}`);
    openssl(
      'x509',
      '-req',
      '-days',
      '2',
      '-in',
      file(`${name}.csr`),
      '-CA',
      file(`${issuer}.pem`),
      '-CAkey',
      file(`${issuer}.key`),
      '-CAcreateserial',
      '-extfile',
      file(`${name}.ext`),
      '-out',
      file(`${name}.pem`),
    );
  }

  function openssl(...args: string[]): void {
    execFileSync('openssl', args, { stdio: 'pipe' });
  }
});
