import { createLocalJWKSet, createRemoteJWKSet, type JSONWebKeySet, type JWTPayload, jwtVerify } from 'jose';
import { EdgeError } from '../core/errors.ts';

/** What a caller may do. */
export const scopes = ['read', 'orders', 'stock', 'events', 'operate'] as const;

export type Scope = (typeof scopes)[number];

export interface Principal {
  readonly id: string;
  readonly dealerId: string;
  readonly scopes: ReadonlySet<Scope>;
}

/** Finds out who calls. @throws {EdgeError} `unauthorized`. */
export type Authenticate = (request: Request) => Promise<Principal> | Principal;

/** For the demo on loopback: whoever reaches the port may do everything. */
export function localAuth(dealerId: string): Authenticate {
  const principal: Principal = { id: 'local', dealerId, scopes: new Set(scopes) };
  return () => principal;
}

export interface OAuthOptions {
  readonly dealerId: string;
  readonly issuer: string;
  readonly audience: string;
  /** The key set itself, or its URL. The set itself works with no network. */
  readonly jwks: JSONWebKeySet | URL;
}

/** Seconds that clocks may differ: an offline box drifts. */
const CLOCK_TOLERANCE_S = 120;

const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'];

/**
 * OAuth 2 bearer tokens (RFC 6750, RFC 9068): signature, issuer, audience and time are checked; the `dealer_id`
 * claim has to be this box's dealer; `scope` holds the product's scopes as `dealeriq:<scope>`.
 */
export function oauth2(options: OAuthOptions): Authenticate {
  const keys = options.jwks instanceof URL ? createRemoteJWKSet(options.jwks) : createLocalJWKSet(options.jwks);
  return async (request) => {
    const header = request.headers.get('authorization') ?? '';
    const token = /^Bearer ([^\s]+)$/i.exec(header)?.[1];
    if (token === undefined) {
      throw new EdgeError('unauthorized', 'Send an access token in the Authorization header: Bearer <token>.');
    }
    let payload: JWTPayload;
    try {
      ({ payload } = await jwtVerify(token, keys, {
        issuer: options.issuer,
        audience: options.audience,
        algorithms: ALGORITHMS,
        clockTolerance: CLOCK_TOLERANCE_S,
        requiredClaims: ['exp', 'sub'],
      }));
    } catch (error) {
      throw new EdgeError('unauthorized', 'The access token is not valid here. Get a new one.', { cause: error });
    }
    if (payload.dealer_id !== options.dealerId) {
      throw new EdgeError('forbidden', `The access token is not for dealer ${options.dealerId}.`);
    }
    const granted = new Set(String(payload.scope ?? '').split(' '));
    return {
      id: String(payload.sub),
      dealerId: options.dealerId,
      scopes: new Set(scopes.filter((scope) => granted.has(`dealeriq:${scope}`))),
    };
  };
}
