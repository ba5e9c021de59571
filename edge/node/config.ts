import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { EdgeError } from '../../src/core/errors.ts';

/** Every setting: one entry here is its name, its check, its default and its help. */
const settings = {
  PORT: z.coerce
    .number()
    .int()
    .min(0)
    .max(65_535)
    .default(8787)
    .describe('Port of the HTTP server; 0 takes a free one'),
  HOST: z.string().min(1).default('127.0.0.1').describe('Address to listen on'),
  DATA_DIR: z.string().min(1).default('.data').describe('Folder of the database'),
  DEALER_ID: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,32}$/, 'letters, digits, _ and -, at most 32')
    .refine((id) => id !== 'all', '"all" stands for every dealer; choose another id')
    .default('D042')
    .describe('The dealer whose box this is'),
  DEVICE_ID: z
    .string()
    .regex(/^[A-Za-z0-9_]{1,16}$/, 'letters, digits and _, at most 16')
    .default('B1')
    .describe('This box among the devices of the dealer'),
  NATS_URL: z.string().optional().describe('Servers of the hub; unset means offline only'),
  NATS_CREDS: z.string().optional().describe('Path of the NATS credentials file'),
  NATS_CA: z.string().optional().describe('Path of the certificates that the server of the hub has to descend from'),
  KAFKA_BROKERS: z.string().optional().describe('For the bridge: host:port, several with commas'),
  SCHEMA_REGISTRY_URL: z.url().optional().describe('For the bridge: the schema registry'),
  LIBSQL_URL: z.string().optional().describe('A remote libSQL in place of the file in DATA_DIR'),
  LIBSQL_AUTH_TOKEN: z.string().optional().describe('Token for LIBSQL_URL'),
  LIBSQL_ENCRYPTION_KEY: z.string().min(16).optional().describe('Encrypts the database file at rest'),
  MODELS_DIR: z.string().optional().describe('Folder of models in place of the ones that ship'),
  AUTH: z.enum(['local', 'oauth2']).default('local').describe('local for the demo on loopback, oauth2 otherwise'),
  OAUTH_ISSUER: z.string().optional().describe('Issuer of access tokens'),
  OAUTH_AUDIENCE: z.string().optional().describe('Audience of access tokens'),
  OAUTH_JWKS: z.string().optional().describe('Key set: a file (works offline) or a URL'),
  LLM_URL: z.url().optional().describe('OpenAI-compatible endpoint; unset means retrieval only'),
  LOG_LEVEL: z.enum(['debug', 'info', 'warning', 'error']).default('info').describe('How much is logged'),
} as const;

const schema = z.object(settings);

export type Config = z.infer<typeof schema>;
export type ConfigKey = keyof Config;

export const configKeys = Object.keys(settings) as ConfigKey[];

const SECRETS: ReadonlySet<ConfigKey> = new Set(['LIBSQL_AUTH_TOKEN', 'LIBSQL_ENCRYPTION_KEY']);

/** Where a value came from. */
export type ConfigSource = 'environment' | 'file' | 'default';

export interface LoadedConfig {
  readonly config: Config;
  readonly sources: Readonly<Record<ConfigKey, ConfigSource>>;
  /** The configuration file that was read. */
  readonly file: string | undefined;
}

const FILES = ['dealeriq.config.ts', 'dealeriq.config.js', 'dealeriq.config.json'];

/**
 * The configuration: environment over file over defaults.
 * @throws {EdgeError} `invalid-config` naming each wrong key and how to mend it.
 */
export async function loadConfig(
  environment: Readonly<Record<string, string | undefined>> = process.env,
  folder: string = process.cwd(),
): Promise<LoadedConfig> {
  const file = FILES.map((name) => join(folder, name)).find((path) => existsSync(path));
  const fromFile = file === undefined ? {} : await readConfigFile(file);
  const unknown = Object.keys(fromFile).filter((key) => !(key in settings));
  if (unknown.length > 0) {
    throw new EdgeError(
      'invalid-config',
      `${file} has unknown keys: ${unknown.join(', ')}. Known ones: ${configKeys.join(', ')}.`,
    );
  }
  const raw: Record<string, unknown> = {};
  const sources = {} as Record<ConfigKey, ConfigSource>;
  for (const key of configKeys) {
    // An empty variable is what an unset one looks like in many shells and compose files.
    const fromEnvironment = environment[key] === '' ? undefined : environment[key];
    sources[key] = fromEnvironment !== undefined ? 'environment' : key in fromFile ? 'file' : 'default';
    raw[key] = fromEnvironment ?? fromFile[key];
  }
  const parsed = schema.safeParse(raw);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => {
      const key = String(issue.path[0]) as ConfigKey;
      const given = SECRETS.has(key) ? 'the given value' : withoutUserinfo(JSON.stringify(raw[key]) ?? 'nothing');
      return `${key} (${sources[key]}): ${given} is not allowed: ${issue.message}. ${settings[key].description}.`;
    });
    throw new EdgeError('invalid-config', lines.join('\n'));
  }
  const config = { ...parsed.data, DATA_DIR: resolve(folder, parsed.data.DATA_DIR) };
  checkTogether(config);
  return { config, sources, file };
}

async function readConfigFile(file: string): Promise<Record<string, unknown>> {
  try {
    const value: unknown = file.endsWith('.json')
      ? JSON.parse(readFileSync(file, 'utf8'))
      : ((await import(pathToFileURL(file).href)) as { default?: unknown }).default;
    if (typeof value === 'object' && value !== null) return value as Record<string, unknown>;
  } catch (error) {
    throw new EdgeError('invalid-config', `${file} cannot be read: ${error instanceof Error ? error.message : error}`, {
      cause: error,
    });
  }
  throw new EdgeError('invalid-config', `${file} has to export an object of settings as its default export.`);
}

function checkTogether(config: Config): void {
  const problems: string[] = [];
  if (config.AUTH === 'local' && !isLoopback(config.HOST)) {
    problems.push(
      `HOST is ${config.HOST} while AUTH is local: everybody who reaches that address could place orders. Set AUTH=oauth2 with OAUTH_ISSUER, OAUTH_AUDIENCE and OAUTH_JWKS, or HOST=127.0.0.1.`,
    );
  }
  if (config.AUTH === 'oauth2') {
    for (const key of ['OAUTH_ISSUER', 'OAUTH_AUDIENCE', 'OAUTH_JWKS'] as const) {
      if (config[key] === undefined)
        problems.push(`${key} is missing: AUTH=oauth2 needs it. ${settings[key].description}.`);
    }
  }
  if (config.LIBSQL_AUTH_TOKEN !== undefined && config.LIBSQL_URL === undefined) {
    problems.push('LIBSQL_AUTH_TOKEN is set, but LIBSQL_URL is not. Set both or none.');
  }
  if (problems.length > 0) throw new EdgeError('invalid-config', problems.join('\n'));
}

/** Whether only this machine can reach an address. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || host === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(host);
}

/** The configuration as it may be shown: secrets are hidden, also inside URLs. */
export function redacted(config: Config): Record<ConfigKey, unknown> {
  return Object.fromEntries(
    configKeys.map((key) => {
      const value = config[key];
      if (value === undefined) return [key, null];
      if (SECRETS.has(key)) return [key, '(hidden)'];
      return [key, typeof value === 'string' ? withoutUserinfo(value) : value];
    }),
  ) as Record<ConfigKey, unknown>;
}

/** Each of several addresses on its own; up to its last @, because a password may hold one too. */
function withoutUserinfo(value: string): string {
  return value
    .split(/,(?=\w+:\/\/)/)
    .map((address) => address.replace(/\/\/.*@/, '//(hidden)@'))
    .join(',');
}

/** What each setting is for. */
export function describeSettings(): readonly { key: ConfigKey; description: string }[] {
  return configKeys.map((key) => ({ key, description: settings[key].description ?? '' }));
}
