import { EdgeError } from '../../src/core/errors.ts';

/** A client that may ask for tokens. */
export interface OauthClient {
  readonly tokenUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scope?: string | undefined;
}

/** How long one answer of the authorisation server is awaited. */
const TIMEOUT_MS = 10_000;
/** For how long before its end a token is not handed out any more: it has to last for the sign-in. */
const SPARE_MS = 30_000;
/** What is taken for granted where the server does not say `expires_in`. */
const LIFETIME_DEFAULT_S = 300;

interface Token {
  readonly value: string;
  readonly untilMs: number;
}

/**
 * Hands out access tokens by the client credentials grant (RFC 6749, section 4.4). A token is kept until shortly
 * before it ends; calls at the same time share one request.
 * @throws {EdgeError} `invalid-config` when the server refuses, answers without a token, or cannot be reached.
 */
export function clientCredentials(client: OauthClient, nowMs: () => number = Date.now): () => Promise<string> {
  let kept: Token | undefined;
  let asking: Promise<Token> | undefined;
  return async () => {
    if (kept !== undefined && nowMs() < kept.untilMs) return kept.value;
    asking ??= askForToken(client, nowMs).finally(() => {
      asking = undefined;
    });
    kept = await asking;
    return kept.value;
  };
}

async function askForToken(client: OauthClient, nowMs: () => number): Promise<Token> {
  const askedMs = nowMs();
  let response: Response;
  let answer: unknown;
  try {
    response = await fetch(client.tokenUrl, {
      method: 'POST',
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: {
        // Section 2.3.1: id and secret are form-encoded before they go into the header.
        'authorization': `Basic ${btoa(`${formEncoded(client.clientId)}:${formEncoded(client.clientSecret)}`)}`,
        'accept': 'application/json',
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: new URLSearchParams({
        grant_type: 'client_credentials',
        ...(client.scope === undefined ? {} : { scope: client.scope }),
      }).toString(),
    });
    answer = await response.json().catch(() => undefined);
  } catch (error) {
    const why = error instanceof Error ? ((error.cause as Error | undefined)?.message ?? error.message) : String(error);
    throw problem(
      client,
      `cannot be reached: ${why}. Check KAFKA_OAUTH_TOKEN_URL; where its certificate is of an authority of your own, set NODE_EXTRA_CA_CERTS.`,
      error,
    );
  }
  const fields = (typeof answer === 'object' && answer !== null ? answer : {}) as Readonly<Record<string, unknown>>;
  if (!response.ok) {
    const why = [fields.error, fields.error_description].filter((part) => typeof part === 'string').join(': ');
    throw problem(
      client,
      `refused with ${response.status}${why === '' ? '' : ` (${why})`}. Check KAFKA_OAUTH_CLIENT_ID, KAFKA_OAUTH_CLIENT_SECRET and KAFKA_OAUTH_SCOPE.`,
    );
  }
  if (typeof fields.access_token !== 'string' || fields.access_token === '') {
    throw problem(client, 'answered without an access_token. Check that KAFKA_OAUTH_TOKEN_URL is the token endpoint.');
  }
  const lifetimeS = Number(fields.expires_in);
  const lifetimeMs = (Number.isFinite(lifetimeS) && lifetimeS > 0 ? lifetimeS : LIFETIME_DEFAULT_S) * 1_000;
  // A token that lives for less than twice the spare time is used for its first half.
  return { value: fields.access_token, untilMs: askedMs + Math.max(lifetimeMs - SPARE_MS, lifetimeMs / 2) };
}

function formEncoded(text: string): string {
  return new URLSearchParams([['', text]]).toString().slice(1);
}

function problem(client: OauthClient, what: string, cause?: unknown): EdgeError {
  return new EdgeError('invalid-config', `The token endpoint ${client.tokenUrl} ${what}`, { cause });
}
