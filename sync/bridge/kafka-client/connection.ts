import { type API, Connection, type ConnectionOptions, ResponseError } from '@platformatic/kafka';
import { KafkaError, type KafkaSettings } from '../kafka.ts';

/** Where a broker listens. */
export interface BrokerAddress {
  readonly host: string;
  readonly port: number;
}

/**
 * A connection to one broker. Where the broker limits the life of a SASL session (KIP-368), it is replaced before that
 * ends rather than authenticated again in place: no request may be on its way meanwhile.
 */
export class BrokerConnection extends Connection {
  /** Called once: another must be opened for further requests, and this one closed when its answers are in. */
  onRetired: () => void = () => {};

  override reauthenticate(): void {
    this.onRetired();
  }
}

/** Opens a connection and proves oneself. @throws {KafkaError} `unavailable`, or `unauthorized` for wrong credentials. */
export async function openConnection(address: BrokerAddress, settings: KafkaSettings): Promise<BrokerConnection> {
  const connection = new BrokerConnection(settings.clientId, connectionOptions(settings));
  // Requests that are on their way are told of it themselves; without a listener Node would end the process.
  connection.on('error', () => {});
  try {
    await connection.connect(address.host, address.port);
  } catch (error) {
    connection.socket?.destroy();
    throw connectionError(address, error);
  }
  return connection;
}

/**
 * Sends one request and returns the answer, also where it carries error codes: the caller reads them.
 * @throws {KafkaError} `unavailable` when there was no answer; the connection is closed then.
 */
export async function request<Arguments extends unknown[], Answer>(
  connection: BrokerConnection,
  api: API<Arguments, Answer>,
  ...args: Arguments
): Promise<Answer> {
  try {
    return await api.async(connection, ...args);
  } catch (error) {
    if (error instanceof ResponseError) return answerOf<Answer>(error);
    connection.socket?.destroy();
    throw new KafkaError(
      'unavailable',
      `Kafka broker ${connection.host}:${connection.port} did not answer: ${describe(error)}`,
      { cause: error },
    );
  }
}

/** The client throws away nothing of an answer with error codes: it hangs on the error. */
export function answerOf<Answer>(error: Error): Answer {
  return (error as Error & { readonly response: Answer }).response;
}

function connectionOptions(settings: KafkaSettings): ConnectionOptions {
  const { tls, sasl, requestTimeoutMs = 10_000 } = settings;
  return {
    connectTimeout: Math.min(requestTimeoutMs, 5_000),
    requestTimeout: requestTimeoutMs,
    // Each owner of a connection bounds its own requests.
    maxInflights: 64,
    ...(tls === undefined
      ? {}
      : {
          tls: {
            ...(tls.ca === undefined ? {} : { ca: tls.ca }),
            ...(tls.cert === undefined ? {} : { cert: tls.cert }),
            ...(tls.key === undefined ? {} : { key: tls.key }),
          },
          ...(tls.serverName === undefined ? {} : { tlsServerName: tls.serverName }),
        }),
    ...(sasl === undefined ? {} : { sasl: { ...sasl } }),
  };
}

function connectionError({ host, port }: BrokerAddress, error: unknown): KafkaError {
  const detail = `${host}:${port}: ${describe(error)}`;
  if (/authentication failed|SASL mechanism|Broker requires TLS/.test(detail)) {
    return new KafkaError('unauthorized', `Kafka broker refused the connection: ${detail}`, { cause: error });
  }
  return new KafkaError('unavailable', `Kafka broker cannot be reached: ${detail}`, { cause: error });
}

/** The messages of an error and of its causes. */
function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause === undefined ? error.message : `${error.message} ${describe(error.cause)}`;
}
