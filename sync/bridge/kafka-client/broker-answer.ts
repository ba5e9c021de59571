import { protocolErrors, protocolErrorsCodesById } from '@platformatic/kafka';
import { Fenced, KafkaError, type KafkaErrorCode } from '../kafka.ts';

/**
 * The error codes of the Kafka protocol (https://kafka.apache.org/protocol#protocol_error_codes), as far as the
 * bridge acts on them.
 */

/** A broker's answer that says no. `retriable` as the protocol has it: the same request may succeed later. */
export class BrokerRefusal extends KafkaError {
  override readonly name = 'BrokerRefusal';
  readonly retriable: boolean;

  constructor(code: KafkaErrorCode, reason: string, retriable: boolean, detail: string) {
    super(code, detail, { reason });
    this.retriable = retriable;
  }
}

const CODES: Readonly<Record<string, KafkaErrorCode>> = {
  OFFSET_OUT_OF_RANGE: 'offset-out-of-range',
  UNKNOWN_TOPIC_OR_PARTITION: 'unknown-topic',
  UNKNOWN_TOPIC_ID: 'topic-changed',
  INCONSISTENT_TOPIC_ID: 'topic-changed',
  MESSAGE_TOO_LARGE: 'too-large',
  RECORD_LIST_TOO_LARGE: 'too-large',
  TOPIC_AUTHORIZATION_FAILED: 'unauthorized',
  GROUP_AUTHORIZATION_FAILED: 'unauthorized',
  CLUSTER_AUTHORIZATION_FAILED: 'unauthorized',
  TRANSACTIONAL_ID_AUTHORIZATION_FAILED: 'unauthorized',
  UNSUPPORTED_VERSION: 'unsupported',
  SECURITY_DISABLED: 'unsupported',
  TOPIC_ALREADY_EXISTS: 'already-exists',
  OUT_OF_ORDER_SEQUENCE_NUMBER: 'transaction-failed',
  UNKNOWN_PRODUCER_ID: 'transaction-failed',
  INVALID_TXN_STATE: 'transaction-failed',
  INVALID_PRODUCER_ID_MAPPING: 'transaction-failed',
  TRANSACTION_ABORTABLE: 'transaction-failed',
};

/** The name of a protocol error code, such as `NOT_LEADER_OR_FOLLOWER`. */
export function errorName(code: number): string {
  return protocolErrorsCodesById[code] ?? `ERROR_${code}`;
}

/** The error for a code that is not 0. `what` names the request and the thing it was about. */
export function refusal(code: number, what: string, message?: string | null): KafkaError {
  const name = errorName(code);
  const detail = `${what}: the broker answered ${name}${message ? ` (${message})` : ''}`;
  if (name === 'PRODUCER_FENCED' || name === 'INVALID_PRODUCER_EPOCH') return new Fenced(detail, { reason: name });
  const retriable = protocolErrors[name]?.canRetry === true;
  return new BrokerRefusal(CODES[name] ?? (retriable ? 'unavailable' : 'refused'), name, retriable, detail);
}

/** @throws {KafkaError} when the code is not 0. */
export function accepted(code: number, what: string, message?: string | null): void {
  if (code !== 0) throw refusal(code, what, message);
}

/** Whether the same call may succeed later: the broker said so, or there was no way to it. */
export function mayRetry(error: unknown): error is KafkaError {
  if (error instanceof BrokerRefusal) return error.retriable;
  return error instanceof KafkaError && error.code === 'unavailable';
}
