import { execFileSync } from 'node:child_process';
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A self-signed certificate for 127.0.0.1 and its key, PEM; made by openssl. */
export function loopbackCertificate(folder: string): { readonly certificate: string; readonly key: string } {
  const [certificate, key] = [join(folder, 'server.pem'), join(folder, 'server.key')];
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1', '-days', '2'];
  const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', key, '-out', certificate, ...subject];
  execFileSync('openssl', made, { stdio: 'ignore' });
  return { certificate: readFileSync(certificate, 'utf8'), key: readFileSync(key, 'utf8') };
}

/** What signs tokens, and the file in which the broker finds its public key (RFC 7517). */
export interface TokenIssuer {
  readonly jwksFile: string;
  readonly issuer: string;
  readonly audience: string;
  /** A JSON Web Token (RFC 7519) for a subject, valid for so many seconds. */
  token(subject: string, seconds: number): string;
}

export function tokenIssuer(folder: string): TokenIssuer {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const jwksFile = join(folder, 'jwks.json');
  const keys = [{ ...publicKey.export({ format: 'jwk' }), kid: 'test', alg: 'RS256', use: 'sig' }];
  writeFileSync(jwksFile, JSON.stringify({ keys }));
  const [issuer, audience] = ['https://identity.test', 'kafka'];
  return {
    jwksFile,
    issuer,
    audience,
    token(subject, seconds) {
      const now = Math.floor(Date.now() / 1_000);
      return jwt(
        { sub: subject, iss: issuer, aud: audience, iat: now, exp: now + seconds, scope: 'kafka' },
        privateKey,
      );
    },
  };
}

function jwt(claims: Readonly<Record<string, string | number>>, key: KeyObject): string {
  const part = (json: object): string => Buffer.from(JSON.stringify(json)).toString('base64url');
  const signed = `${part({ alg: 'RS256', kid: 'test', typ: 'JWT' })}.${part(claims)}`;
  return `${signed}.${sign('RSA-SHA256', Buffer.from(signed), key).toString('base64url')}`;
}
