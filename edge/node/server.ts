import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer, type ServerType, upgradeWebSocket, type WebSocketServerLike } from '@hono/node-server';
import type { JSONWebKeySet } from 'jose';
import { WebSocketServer } from 'ws';
import { EdgeError } from '../../src/core/errors.ts';
import { createHttp } from '../../src/http/app.ts';
import { type Authenticate, localAuth, oauth2 } from '../../src/http/auth.ts';
import { ModelMeter } from '../../src/pipelines/model-meter.ts';
import { startAdvice } from '../../src/runtime/advice.ts';
import { type Link, offlineLink } from '../../src/runtime/link.ts';
import { rollBackIfLive } from '../../src/runtime/models.ts';
import { openSemanticSearch } from '../../src/runtime/semantic-search.ts';
import { createRuntime, type Runtime } from '../../src/runtime.ts';
import { groupCommitStore } from '../../src/store/group-commit.ts';
import { LinkCounters } from '../../sync/counters.ts';
import { startLink } from '../../sync/link.ts';
import { CODE_MODELS } from '../advice/local-models.ts';
import { InferenceWorker } from './advice/inference-worker.ts';
import { encoderFolder } from './cli/encoder-folder.ts';
import { forecasterFolder } from './cli/forecaster-folder.ts';
import { type Config, isLoopback } from './config.ts';
import { openLibsql } from './libsql-driver.ts';
import { log } from './log.ts';
import { nodeMetrics } from './metrics.ts';
import { readMigrations } from './migrations.ts';
import { openEncoders } from './models/encoders.ts';
import { connectHub } from './nats.ts';
import { openFileStore, openMemoryStore } from './open-store.ts';
import { nodePorts } from './ports.ts';
import { serveAssets } from './static-assets.ts';
import { readTakeOver } from './take-over.ts';
import { version } from './version.ts';

/** How long the encoder stays in memory without a search. */
const ENCODER_IDLE_MS = 10 * 60_000;

export interface EdgeServer {
  readonly url: string;
  readonly runtime: Runtime;
  /** Stops taking requests, finishes those under way, and closes the database. */
  close(): Promise<void>;
}

/** Opens the runtime that a configuration describes. */
export async function openRuntime(config: Config): Promise<Runtime> {
  const store =
    config.LIBSQL_URL === undefined
      ? await openFileStore(config.DATA_DIR, config.LIBSQL_ENCRYPTION_KEY)
      : groupCommitStore(
          await openLibsql({
            url: config.LIBSQL_URL,
            ...(config.LIBSQL_AUTH_TOKEN === undefined ? {} : { authToken: config.LIBSQL_AUTH_TOKEN }),
          }),
          nodePorts.scheduler,
        );
  return createRuntime({
    store,
    ports: nodePorts,
    migrations: readMigrations(),
    dealerId: config.DEALER_ID,
    deviceId: config.DEVICE_ID,
  });
}

/** Starts the HTTP server on a runtime. */
export async function startServer(config: Config, runtime: Runtime): Promise<EdgeServer> {
  const counters = new LinkCounters();
  const link = await openLink(config, runtime, counters);
  const inference = new InferenceWorker({ forecasterFolder: forecasterFolder(config.MODELS_DIR) });
  // A thread of its own, so that no search waits for a forecast, and that lives through the pauses between customers.
  const encoding = new InferenceWorker({ idleMs: ENCODER_IDLE_MS });
  const meter = new ModelMeter(() => performance.timeOrigin + performance.now());
  const encoders = openEncoders({
    runtime,
    dataDir: config.DATA_DIR,
    shippedFolder: encoderFolder(config.MODELS_DIR),
    trustFile: config.MODELS_TRUST,
    worker: encoding,
    recentQueries: () => semantic?.search.recentQueries() ?? [],
    report: (error) => log.error('A deployed model is taken out of service: {error}', { error }),
  });
  const semantic =
    config.ADVICE === 'off'
      ? undefined
      : openSemanticSearch({
          runtime,
          embedder: encoders.current,
          meter,
          report: (error) => log.warning('A search went without its meaning: {error}', { error }),
        });
  const advice =
    config.ADVICE === 'off'
      ? undefined
      : startAdvice({
          runtime,
          models: inference.models,
          policy: { leadTimeDays: config.LEAD_TIME_DAYS, serviceLevel: config.SERVICE_LEVEL },
          codeVersion: version,
          pipelines: semantic === undefined ? [] : [encoders.pipeline, semantic.pipeline],
          meter,
          monitor: {
            vectors: semantic?.drift,
            rollBack: (model, reason) => rollBackIfLive(runtime, model, reason),
          },
          report: (error, pipeline) => log.error('The run of {pipeline} failed: {error}', { pipeline, error }),
        });
  const app = createHttp({
    runtime,
    link,
    advice,
    semantic: semantic?.search,
    shippedModels: async () => [await encoders.shipped(), ...CODE_MODELS],
    authenticate: authentication(config),
    metrics: nodeMetrics(runtime, link, counters, advice),
    replay: {
      migrations: readMigrations(),
      openScratch: openMemoryStore,
    },
    version,
    upgradeWebSocket,
    report: (error) => log.error('A request failed: {error}', { error }),
  });
  serveAssets(app);
  const sockets = new WebSocketServer({ noServer: true });
  const server = createAdaptorServer({
    fetch: app.fetch,
    // The types differ only in whether an absent option may be `undefined`.
    websocket: { server: sockets as unknown as WebSocketServerLike },
  });
  await listen(server, config);
  const { port } = server.address() as AddressInfo;
  const host = config.HOST.includes(':') ? `[${config.HOST}]` : config.HOST;
  return {
    url: `http://${host}:${port}`,
    runtime,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      // Streams of notifications never end by themselves, and the server counts no WebSocket as a connection to close.
      for (const socket of sockets.clients)
        socket.close(1001, 'The box is stopping: reconnect with ?after=<last position>');
      setTimeout(() => {
        for (const socket of sockets.clients) socket.terminate();
      }, 500).unref();
      if ('closeAllConnections' in server) setTimeout(() => server.closeAllConnections(), 500).unref();
      await closed;
      const advised = advice?.close();
      await inference.close();
      await encoding.close();
      await advised;
      await link.close();
      await runtime.close();
    },
  };
}

async function openLink(config: Config, runtime: Runtime, counters: LinkCounters): Promise<Link> {
  const { NATS_URL: url, NATS_CREDS: creds, NATS_CA: ca, DEALER_ID: dealerId, DEVICE_ID: deviceId } = config;
  if (url === undefined) return offlineLink(runtime);
  return startLink({
    runtime,
    counters,
    takeOver: await readTakeOver(runtime.store),
    connect: () => connectHub({ url, creds, ca, dealerId, deviceId }),
    report: (error) => log.warning('The link to the centre ended: {error}', { error }),
  });
}

function listen(server: ServerType, config: Config): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(
        error.code === 'EADDRINUSE'
          ? new EdgeError(
              'invalid-config',
              `PORT ${config.PORT} on ${config.HOST} is taken. Stop what uses it, or set another PORT.`,
            )
          : error,
      );
    });
    server.listen(config.PORT, config.HOST, resolve);
  });
}

function authentication(config: Config): Authenticate {
  if (config.AUTH === 'local') return fromThisMachine(localAuth(config.DEALER_ID));
  // loadConfig has checked that the three are there.
  const { OAUTH_ISSUER: issuer = '', OAUTH_AUDIENCE: audience = '', OAUTH_JWKS: jwks = '' } = config;
  return oauth2({ dealerId: config.DEALER_ID, issuer, audience, jwks: keySet(jwks) });
}

/** Refuses a page of another site that made its name point to this machine (DNS rebinding): its Host gives it away. */
function fromThisMachine(authenticate: Authenticate): Authenticate {
  return (request) => {
    const host = request.headers.get('host') ?? '';
    if (isLoopback(host.replace(/:\d*$/, ''))) return authenticate(request);
    throw new EdgeError(
      'forbidden',
      `With AUTH=local this box answers to 127.0.0.1 and localhost only, not to ${host}.`,
    );
  };
}

function keySet(jwks: string): JSONWebKeySet | URL {
  if (/^https?:/.test(jwks)) return new URL(jwks);
  try {
    return JSON.parse(readFileSync(jwks, 'utf8')) as JSONWebKeySet;
  } catch (error) {
    throw new EdgeError('invalid-config', `OAUTH_JWKS: ${jwks} is no readable JSON Web Key Set file.`, {
      cause: error,
    });
  }
}
