import { z } from 'zod';

/** Every setting: one entry here is its name, its check, its default and its help. */
export const settings = {
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
  ADVICE: z.enum(['on', 'off']).default('on').describe('Whether this box forecasts demand and suggests orders'),
  LEAD_TIME_DAYS: z.coerce
    .number()
    .min(0)
    .max(365)
    .default(5)
    .describe('Days from ordering to having the goods, for the reorder point'),
  SERVICE_LEVEL: z.coerce
    .number()
    .gt(0.5)
    .lt(1)
    .default(0.95)
    .describe('Chance of no shortage that the reorder point aims at'),
  NATS_URL: z.string().optional().describe('Servers of the hub; unset means offline only'),
  NATS_CREDS: z.string().optional().describe('Path of the NATS credentials file'),
  NATS_CA: z.string().optional().describe('Path of the certificates that the server of the hub has to descend from'),
  KAFKA_BROKERS: z
    .string()
    .regex(/^[^:,/\s]+:\d+(?:\s*,\s*[^:,/\s]+:\d+)*$/, 'host:port, several with commas')
    .optional()
    .describe('For the bridge: host:port, several with commas'),
  KAFKA_SECURITY: z
    .enum(['plaintext', 'tls'])
    .default('plaintext')
    .describe(
      'How connections to Kafka are protected; with KAFKA_SASL_MECHANISM these are SASL_PLAINTEXT and SASL_SSL',
    ),
  KAFKA_SASL_MECHANISM: z
    .enum(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512', 'OAUTHBEARER'])
    .optional()
    .describe('How to sign in to Kafka; unset means without'),
  KAFKA_USERNAME: z.string().min(1).optional().describe('User for PLAIN and SCRAM'),
  KAFKA_PASSWORD: z.string().min(1).optional().describe('Password of KAFKA_USERNAME'),
  KAFKA_OAUTH_TOKEN_URL: z
    .url()
    .optional()
    .describe('For OAUTHBEARER: where tokens are issued (client credentials grant)'),
  KAFKA_OAUTH_CLIENT_ID: z.string().min(1).optional().describe('For OAUTHBEARER: id of the client'),
  KAFKA_OAUTH_CLIENT_SECRET: z.string().min(1).optional().describe('For OAUTHBEARER: secret of the client'),
  KAFKA_OAUTH_SCOPE: z
    .string()
    .min(1)
    .optional()
    .describe('For OAUTHBEARER: scopes to ask for, with blanks between them'),
  KAFKA_CA: z.string().optional().describe('Path of the certificates that those of the brokers have to descend from'),
  KAFKA_CERT: z.string().optional().describe('Path of our own certificate, where brokers ask for one'),
  KAFKA_KEY: z.string().optional().describe('Path of the key of KAFKA_CERT'),
  KAFKA_PREFIX: z
    .string()
    .regex(/^[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)*$/, 'letters, digits, _ and -, with single dots between them')
    .max(100)
    .default('dealeriq')
    .describe('What the names of topics, groups and transactional ids begin with'),
  SCHEMA_REGISTRY_URL: z.url().optional().describe('For the bridge: the schema registry'),
  SCHEMA_REGISTRY_USERNAME: z.string().min(1).optional().describe('User of the schema registry'),
  SCHEMA_REGISTRY_PASSWORD: z.string().min(1).optional().describe('Password of SCHEMA_REGISTRY_USERNAME'),
  SCHEMA_REGISTRY_CA: z
    .string()
    .optional()
    .describe('Path of the certificates that the one of the registry has to descend from'),
  SCHEMA_FORMAT: z.enum(['avro', 'json']).default('avro').describe('How payloads are written in Kafka'),
  BRIDGE_TOKEN: z
    .string()
    .min(16)
    .optional()
    .describe('For the bridge beyond loopback: what operators send as bearer token to work on dead letters'),
  LIBSQL_URL: z.string().optional().describe('A remote libSQL in place of the file in DATA_DIR'),
  LIBSQL_AUTH_TOKEN: z.string().optional().describe('Token for LIBSQL_URL'),
  LIBSQL_ENCRYPTION_KEY: z.string().min(16).optional().describe('Encrypts the database file at rest'),
  MODELS_DIR: z.string().optional().describe('Folder of models in place of the ones that ship'),
  MODELS_TRUST: z
    .string()
    .optional()
    .describe('File of the public keys whose models this box takes (`dealeriq models keygen`); unset means none'),
  AUTH: z.enum(['local', 'oauth2']).default('local').describe('local for the demo on loopback, oauth2 otherwise'),
  OAUTH_ISSUER: z.string().optional().describe('Issuer of access tokens'),
  OAUTH_AUDIENCE: z.string().optional().describe('Audience of access tokens'),
  OAUTH_JWKS: z.string().optional().describe('Key set: a file (works offline) or a URL'),
  LLM_URL: z.url().optional().describe('OpenAI-compatible endpoint; unset means retrieval only'),
  LOG_LEVEL: z.enum(['debug', 'info', 'warning', 'error']).default('info').describe('How much is logged'),
} as const;

export const schema = z.object(settings);

export type Config = z.infer<typeof schema>;
export type ConfigKey = keyof Config;

export const configKeys = Object.keys(settings) as ConfigKey[];

/** Settings that are never shown. */
export const SECRETS: ReadonlySet<ConfigKey> = new Set([
  'BRIDGE_TOKEN',
  'KAFKA_PASSWORD',
  'KAFKA_OAUTH_CLIENT_SECRET',
  'SCHEMA_REGISTRY_PASSWORD',
  'LIBSQL_AUTH_TOKEN',
  'LIBSQL_ENCRYPTION_KEY',
] as const);
