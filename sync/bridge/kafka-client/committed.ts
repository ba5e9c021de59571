import type { KafkaMessage } from '../kafka.ts';
import type { FetchedBatch, FetchedPartition } from './answers.ts';

const TRANSACTIONAL = 1 << 4;
const CONTROL = 1 << 5;
const LOG_APPEND_TIME = 1 << 3;
const ABORT_MARKER = 0;

/** What a fetched stretch of a partition holds for a reader of committed records. */
export interface CommittedStretch {
  readonly messages: readonly KafkaMessage[];
  /** Where to read on: after control records and aborted ones too. */
  readonly next: bigint;
}

/**
 * Leaves out control records, records of aborted transactions, and what lies before the offset that was asked for
 * (a broker sends whole batches). Aborted transactions are named by the broker with their first offset and end at
 * their abort marker, as in org.apache.kafka.clients.consumer.internals.CompletedFetch.
 */
export function committedOf(topic: string, partition: FetchedPartition, from: bigint): CommittedStretch {
  const aborted = [...(partition.abortedTransactions ?? [])].sort((left, right) =>
    left.firstOffset < right.firstOffset ? -1 : 1,
  );
  const abortedProducers = new Set<bigint>();
  const messages: KafkaMessage[] = [];
  let next = from;
  for (const batch of partition.records ?? []) {
    const last = batch.firstOffset + BigInt(batch.lastOffsetDelta);
    for (let first = aborted[0]; first !== undefined && first.firstOffset <= last; first = aborted[0]) {
      abortedProducers.add(first.producerId);
      aborted.shift();
    }
    if (batch.attributes & CONTROL) {
      if (isAbortMarker(batch)) abortedProducers.delete(batch.producerId);
    } else if (!(batch.attributes & TRANSACTIONAL) || !abortedProducers.has(batch.producerId)) {
      pushMessages(messages, topic, partition.partitionIndex, batch, from);
    }
    if (last >= next) next = last + 1n;
  }
  return { messages, next };
}

/** Version and type, 16 bits each, are the key of a control record. */
function isAbortMarker(batch: FetchedBatch): boolean {
  return batch.records[0]?.key?.readInt16BE(2) === ABORT_MARKER;
}

function pushMessages(into: KafkaMessage[], topic: string, partition: number, batch: FetchedBatch, from: bigint): void {
  const appendTimeMs = batch.attributes & LOG_APPEND_TIME ? Number(batch.maxTimestamp) : undefined;
  for (const record of batch.records) {
    const offset = batch.firstOffset + BigInt(record.offsetDelta);
    if (offset < from) continue;
    into.push({
      topic,
      partition,
      offset,
      timestampMs: appendTimeMs ?? Number(batch.firstTimestamp + record.timestampDelta),
      key: record.key ?? undefined,
      value: record.value ?? undefined,
      headers: record.headers.map(([name, value]) => ({ name: name?.toString() ?? '', value: value ?? EMPTY })),
    });
  }
}

const EMPTY = new Uint8Array();
