import { decorrelatedJitterGenerator, ExponentialBackoff, handleWhen, retry } from 'cockatiel';
import { EdgeError } from '../../../src/core/errors.ts';
import { fetchTransport, type RegistryTls, type Transport, tlsTransport } from './transport.ts';

export type SchemaType = 'AVRO' | 'JSON';

export type CompatibilityLevel =
  | 'NONE'
  | 'BACKWARD'
  | 'BACKWARD_TRANSITIVE'
  | 'FORWARD'
  | 'FORWARD_TRANSITIVE'
  | 'FULL'
  | 'FULL_TRANSITIVE';

/** A schema as the registry has it. */
export interface RegisteredSchema {
  readonly schemaType: SchemaType;
  /** The schema itself, as text. */
  readonly schema: string;
}

/** A schema under a subject. */
export interface SubjectVersion extends RegisteredSchema {
  readonly subject: string;
  readonly version: number;
  readonly id: number;
}

/** How to reach a registry and prove oneself to it. */
export interface RegistrySettings {
  /** The base of the Confluent API, such as `https://registry:8081` or `http://apicurio:8080/apis/ccompat/v7`. */
  readonly url: string;
  /** Basic authentication; what the address carries as user and password counts too. */
  readonly basic?: { readonly user: string; readonly password: string };
  /** A bearer token, asked for before every request. */
  readonly token?: () => Promise<string>;
  readonly tls?: RegistryTls;
  /** In place of `fetch`. */
  readonly transport?: Transport;
  /** How long one try may take, in milliseconds. */
  readonly timeoutMs?: number;
  /** How often a request is tried again, after the first time. */
  readonly retries?: number;
}

const TIMEOUT_MS = 5_000;
const RETRIES = 3;

/**
 * The Confluent Schema Registry REST API, version 7
 * (https://docs.confluent.io/platform/current/schema-registry/develop/api.html), as far as the bridge needs it.
 * Every method throws `registry-unavailable` when no sound answer came in several tries, and `invalid-config` when
 * the registry refuses the credentials or is not a registry.
 */
export interface RegistryClient {
  /** The address, without credentials. */
  readonly url: string;
  /** Puts a schema under a subject, or finds it there; its id. @throws {EdgeError} `incompatible-schema` */
  register(subject: string, schema: RegisteredSchema): Promise<number>;
  /** This very schema under a subject; `undefined` when it is not there. */
  lookup(subject: string, schema: RegisteredSchema): Promise<SubjectVersion | undefined>;
  /** The versions of a subject, in ascending order; none when there is no such subject. */
  versions(subject: string): Promise<readonly number[]>;
  version(subject: string, version: number | 'latest'): Promise<SubjectVersion | undefined>;
  schemaById(id: number): Promise<RegisteredSchema | undefined>;
  /** Whether a schema may follow the latest one; not every registry says why not. A new subject takes any schema. */
  checkCompatibility(
    subject: string,
    schema: RegisteredSchema,
  ): Promise<{ readonly compatible: boolean; readonly messages: readonly string[] }>;
  /** The level that was set for the subject itself; `undefined` when none was. */
  compatibilityLevel(subject: string): Promise<CompatibilityLevel | undefined>;
  /** `false` when the registry keeps no setting for a subject that has no schema yet, as Apicurio does not. */
  setCompatibilityLevel(subject: string, level: CompatibilityLevel): Promise<boolean>;
}

/** A client; it opens no connection before the first call. @throws {EdgeError} `invalid-config` for an address that is none. */
export function registryClient(settings: RegistrySettings): RegistryClient {
  const { url, basic } = addressOf(settings);
  const call = callerOf(url, basic, settings);
  const at = (subject: string, rest = '') => `/subjects/${encodeURIComponent(subject)}${rest}`;
  return {
    url,
    async register(subject, schema) {
      const answer = await call('POST', at(subject, '/versions'), schema);
      return numberOf(answer?.id ?? missing(`subject ${subject}`), 'id');
    },
    async lookup(subject, schema) {
      const answer = await call('POST', at(subject), schema);
      return answer === undefined ? undefined : subjectVersion(answer);
    },
    async versions(subject) {
      const answer = await call('GET', at(subject, '/versions'));
      return Array.isArray(answer) ? answer.map((one) => numberOf(one, 'version')).toSorted((a, b) => a - b) : [];
    },
    async version(subject, version) {
      const answer = await call('GET', at(subject, `/versions/${version}`));
      return answer === undefined ? undefined : subjectVersion(answer);
    },
    async schemaById(id) {
      const answer = await call('GET', `/schemas/ids/${id}`);
      return answer === undefined ? undefined : registeredSchema(answer);
    },
    async checkCompatibility(subject, schema) {
      const path = `/compatibility${at(subject, '/versions/latest')}?verbose=true`;
      const answer = await call('POST', path, schema);
      if (answer === undefined) return { compatible: true, messages: [] };
      const messages = Array.isArray(answer.messages) ? answer.messages.map(String) : [];
      return { compatible: answer.is_compatible === true, messages };
    },
    async compatibilityLevel(subject) {
      const answer = await call('GET', `/config/${encodeURIComponent(subject)}`);
      return answer?.compatibilityLevel as CompatibilityLevel | undefined;
    },
    async setCompatibilityLevel(subject, level) {
      return (await call('PUT', `/config/${encodeURIComponent(subject)}`, { compatibility: level })) !== undefined;
    },
  };
}

type Answer = Readonly<Record<string, unknown>>;
type Call = (method: 'GET' | 'POST' | 'PUT', path: string, body?: unknown) => Promise<Answer | undefined>;

/** No sound answer; the next try may get one. */
class Unanswered extends Error {}

function callerOf(url: string, basic: string | undefined, settings: RegistrySettings): Call {
  const transport = settings.transport ?? (settings.tls === undefined ? fetchTransport : tlsTransport(settings.tls));
  const again = retry(
    handleWhen((error) => error instanceof Unanswered),
    {
      maxAttempts: settings.retries ?? RETRIES,
      backoff: new ExponentialBackoff({ initialDelay: 100, maxDelay: 2_000, generator: decorrelatedJitterGenerator }),
    },
  );
  return async (method, path, body) => {
    const once = async (): Promise<Answer | undefined> => {
      const authorization = settings.token === undefined ? basic : `Bearer ${await settings.token()}`;
      const sent = transport(url + path, {
        method,
        headers: {
          accept: 'application/vnd.schemaregistry.v1+json, application/json',
          ...(body === undefined ? {} : { 'content-type': 'application/vnd.schemaregistry.v1+json' }),
          ...(authorization === undefined ? {} : { authorization }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(settings.timeoutMs ?? TIMEOUT_MS),
      });
      const { status, text } = await sent.catch((error: unknown) => {
        throw new Unanswered(reasonOf(error));
      });
      return read(status, text, `${method} ${path}`, url);
    };
    try {
      return await again.execute(once);
    } catch (error) {
      if (!(error instanceof Unanswered)) throw error;
      throw new EdgeError(
        'registry-unavailable',
        `The schema registry at ${url} does not serve ${method} ${path}: ${error.message}. Check that it runs and can be reached.`,
        { cause: error },
      );
    }
  };
}

/** The body of an answer; `undefined` for what is not there. */
function read(status: number, text: string, what: string, url: string): Answer | undefined {
  const body = parsed(text);
  const message = typeof body?.message === 'string' ? body.message : `status ${status}`;
  if (status >= 500 || status === 429 || status === 408) throw new Unanswered(message);
  if (status === 401 || status === 403) {
    throw new EdgeError(
      'invalid-config',
      `The schema registry at ${url} refuses ${what}: ${message}. Check the user, password or token for it.`,
    );
  }
  // Apicurio says so when two set the same level at once.
  if (status === 409 && what.startsWith('PUT /config/')) throw new Unanswered(message);
  if (status === 409 || status === 422) {
    throw new EdgeError('incompatible-schema', `The schema registry refuses ${what}: ${message}`, {
      extra: { registryMessage: message },
    });
  }
  // A missing page of some other server has no error code.
  if (status === 404 && typeof body?.error_code === 'number') return undefined;
  if (status !== 200 || body === undefined) {
    throw new EdgeError(
      'invalid-config',
      `${url} does not answer ${what} as a schema registry does (${message}). The address has to be the base of the Confluent API.`,
    );
  }
  return body;
}

function parsed(text: string): Answer | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Answer) : undefined;
  } catch {
    return undefined;
  }
}

function registeredSchema(answer: Answer): RegisteredSchema {
  if (typeof answer.schema !== 'string') return missing('schema');
  // The API leaves AVRO out: it was the only type once.
  return { schemaType: (answer.schemaType ?? 'AVRO') as SchemaType, schema: answer.schema };
}

function subjectVersion(answer: Answer): SubjectVersion {
  return {
    ...registeredSchema(answer),
    subject: String(answer.subject),
    version: numberOf(answer.version, 'version'),
    id: numberOf(answer.id, 'id'),
  };
}

function numberOf(value: unknown, what: string): number {
  return Number.isSafeInteger(value) ? (value as number) : missing(what);
}

function missing(what: string): never {
  throw new EdgeError('registry-unavailable', `The schema registry's answer lacks ${what}.`);
}

function addressOf(settings: RegistrySettings): { url: string; basic: string | undefined } {
  let url: URL;
  try {
    url = new URL(settings.url);
  } catch (error) {
    throw new EdgeError('invalid-config', 'The address of the schema registry is not a URL.', { cause: error });
  }
  const user = settings.basic?.user ?? decodeURIComponent(url.username);
  const password = settings.basic?.password ?? decodeURIComponent(url.password);
  const basic = user === '' ? undefined : `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
  return { url: url.origin + url.pathname.replace(/\/+$/, ''), basic };
}

/** What went wrong at the bottom: `fetch failed` says nothing. */
function reasonOf(error: unknown): string {
  let at = error;
  while (at instanceof Error && at.cause instanceof Error) at = at.cause;
  if (!(at instanceof Error)) return String(at);
  return at.message === '' ? ((at as NodeJS.ErrnoException).code ?? at.name) : at.message;
}
