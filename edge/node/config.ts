import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { EdgeError } from '../../src/core/errors.ts';
import { kafkaProblems } from './config-kafka.ts';
import { type Config, type ConfigKey, configKeys, SECRETS, schema, settings } from './config-settings.ts';
import { isLoopback } from './loopback.ts';

export { type Config, type ConfigKey, configKeys } from './config-settings.ts';
export { isLoopback } from './loopback.ts';

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
  problems.push(...kafkaProblems(config));
  if (problems.length > 0) throw new EdgeError('invalid-config', problems.join('\n'));
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
