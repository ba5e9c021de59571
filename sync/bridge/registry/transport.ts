import { Agent, request } from 'node:https';

/** A request to the registry. */
export interface RegistryRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
}

/** Sends one request; rejects when no answer came. */
export type Transport = (url: string, request: RegistryRequest) => Promise<{ status: number; text: string }>;

/** An answer of the registry is a schema or a list of names; nothing that it says is larger, in bytes. */
const ANSWER_BYTES_MAX = 16_000_000;

/** Over `fetch`, with the authorities that the system trusts. */
export const fetchTransport: Transport = async (url, { method, headers, body, signal }) => {
  // A redirect would take the credentials to another place.
  const answer = await fetch(url, {
    method,
    headers,
    signal,
    redirect: 'error',
    ...(body === undefined ? {} : { body }),
  });
  return { status: answer.status, text: await answer.text() };
};

/** TLS of its own: texts in PEM. */
export interface RegistryTls {
  /** The authorities to trust in place of the system's. */
  readonly ca?: string;
  /** A client certificate and its key. */
  readonly cert?: string;
  readonly key?: string;
}

/** Over TLS with authorities or a client certificate of its own, which `fetch` has no setting for. */
export function tlsTransport(tls: RegistryTls): Transport {
  const agent = new Agent({ ...tls, keepAlive: true });
  return (url, { method, headers, body, signal }) =>
    new Promise((resolve, reject) => {
      const sent = request(url, { method, headers, agent, signal }, (answer) => {
        const parts: Buffer[] = [];
        let bytes = 0;
        answer.on('data', (part: Buffer) => {
          bytes += part.length;
          if (bytes > ANSWER_BYTES_MAX) sent.destroy(new Error(`the answer is over ${ANSWER_BYTES_MAX} bytes`));
          parts.push(part);
        });
        answer.once('error', reject);
        answer.once('end', () =>
          resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(parts).toString('utf8') }),
        );
      });
      sent.once('error', reject);
      sent.end(body);
    });
}
