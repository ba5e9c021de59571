import {
  type API,
  addPartitionsToTxnV3,
  createAPI,
  endTxnV3,
  type NullableString,
  produceV11,
  type Reader,
  ResponseError,
  Writer,
} from '@platformatic/kafka';
import type { ProduceAnswer } from './answers.ts';
import { answerOf } from './connection.ts';

/**
 * The requests of a transaction that the client lacks: Produce from a batch that is encoded already, and version 5 of
 * EndTxn with version 12 of Produce, which KIP-890 asks for (each end of a transaction raises the producer's epoch, so
 * that a late record of an ended transaction is refused; partitions join the transaction with their first records).
 */

/** A batch of records on its way to its partition. */
export interface ProduceBatch {
  readonly topic: string;
  readonly partition: number;
  readonly bytes: Buffer;
}

export interface EndTxnAnswer {
  readonly errorCode: number;
  /** Who the producer is in its next transaction; `undefined` when it stays who it is. */
  readonly next: { readonly producerId: bigint; readonly epoch: number } | undefined;
}

type ProduceApi = API<[transactionalId: string, timeoutMs: number, batches: readonly ProduceBatch[]], ProduceAnswer>;
type EndTxnApi = API<[transactionalId: string, producerId: bigint, epoch: number, commit: boolean], EndTxnAnswer>;

/** The requests of one transaction protocol. `implicit`: partitions need not be added before records are sent. */
export interface TransactionProtocol {
  readonly implicit: boolean;
  readonly produce: ProduceApi;
  readonly endTxn: EndTxnApi;
}

export const addPartitions = addPartitionsToTxnV3.api;

/** Brokers with the feature `transaction.version` at 2 or above: Kafka 4.0 and later. */
export const TRANSACTION_VERSION_2: TransactionProtocol = {
  implicit: true,
  produce: produceApi(12),
  endTxn: createAPI(26, 5, endTxnV3.createRequest, (_id, _key, _version, reader: Reader) => {
    reader.readInt32();
    const errorCode = reader.readInt16();
    return { errorCode, next: { producerId: reader.readInt64(), epoch: reader.readInt16() } };
  }),
};

/** Brokers before that. */
export const TRANSACTION_VERSION_1: TransactionProtocol = {
  implicit: false,
  produce: produceApi(9),
  endTxn: createAPI(26, 3, endTxnV3.createRequest, (_id, _key, _version, reader: Reader) => {
    reader.readInt32();
    return { errorCode: reader.readInt16(), next: undefined };
  }),
};

/** Versions 9 to 12 of Produce have one form for what is used here. */
function produceApi(version: number): ProduceApi {
  return createAPI(0, version, produceRequest, (...answer: Parameters<typeof produceV11.parseResponse>) => {
    try {
      return produceV11.parseResponse(...answer);
    } catch (error) {
      if (error instanceof ResponseError) return answerOf<ProduceAnswer>(error);
      throw error;
    }
  });
}

function produceRequest(transactionalId: NullableString, timeoutMs: number, batches: readonly ProduceBatch[]): Writer {
  const byTopic = Map.groupBy(batches, (batch) => batch.topic);
  return Writer.create()
    .appendString(transactionalId)
    .appendInt16(-1)
    .appendInt32(timeoutMs)
    .appendArray([...byTopic], (topics, [topic, ofTopic]) => {
      topics.appendString(topic).appendArray(ofTopic, (partitions, { partition, bytes }) => {
        partitions
          .appendInt32(partition)
          .appendUnsignedVarInt(bytes.length + 1)
          .append(bytes);
      });
    })
    .appendTaggedFields();
}
