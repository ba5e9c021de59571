import { compressionsAlgorithms, crc32c } from '@platformatic/kafka';
import type { KafkaRecord } from '../kafka.ts';

/**
 * Record batches, format 2 (https://kafka.apache.org/documentation/#recordbatch), written in one pass into one buffer:
 * the client's own builder makes a list of buffers for each record, which takes most of a send's time.
 */

/** Who writes a batch, and the number of its first record among those the producer sent to the partition. */
export interface BatchAuthor {
  readonly producerId: bigint;
  readonly epoch: number;
  readonly firstSequence: number;
}

/** A record with its key as bytes. */
export interface KeyedRecord {
  readonly record: KafkaRecord;
  readonly key: Uint8Array;
}

const HEADER_BYTES = 61;
const CRC_FROM = 21;
const TRANSACTIONAL = 1 << 4;

/** At most how many bytes a record takes in a batch, before compression. */
export function recordBytesMax({ record, key }: KeyedRecord): number {
  let bytes = 40 + key.length + (record.value?.length ?? 0);
  for (const name in record.headers) bytes += 10 + 3 * (name.length + (record.headers[name]?.length ?? 0));
  return bytes;
}

/** The bytes of a transactional batch. */
export function encodeBatch(
  records: readonly KeyedRecord[],
  author: BatchAuthor,
  compression: 'none' | 'lz4' | 'zstd',
): Buffer {
  const nowMs = Date.now();
  const firstTimestampMs = records[0]?.record.timestampMs ?? nowMs;
  let maxTimestampMs = firstTimestampMs;
  let room = HEADER_BYTES;
  for (const keyed of records) room += recordBytesMax(keyed);
  const buffer = Buffer.allocUnsafe(room);
  let end = HEADER_BYTES;
  for (const [index, keyed] of records.entries()) {
    const timestampMs = keyed.record.timestampMs ?? nowMs;
    maxTimestampMs = Math.max(maxTimestampMs, timestampMs);
    end = writeRecord(buffer, end, keyed, timestampMs - firstTimestampMs, index);
  }
  let batch = buffer.subarray(0, end);
  let attributes = TRANSACTIONAL;
  if (compression !== 'none') {
    const { compressSync, bitmask } = compressionsAlgorithms[compression];
    batch = Buffer.concat([buffer.subarray(0, HEADER_BYTES), compressSync(buffer.subarray(HEADER_BYTES, end))]);
    attributes |= bitmask;
  }
  batch.writeBigInt64BE(0n, 0);
  batch.writeInt32BE(batch.length - 12, 8);
  batch.writeInt32BE(-1, 12);
  batch.writeInt8(2, 16);
  batch.writeInt16BE(attributes, 21);
  batch.writeInt32BE(records.length - 1, 23);
  batch.writeBigInt64BE(BigInt(firstTimestampMs), 27);
  batch.writeBigInt64BE(BigInt(maxTimestampMs), 35);
  batch.writeBigInt64BE(author.producerId, 43);
  batch.writeInt16BE(author.epoch, 51);
  batch.writeInt32BE(author.firstSequence, 53);
  batch.writeInt32BE(records.length, 57);
  batch.writeUInt32BE(crc32c(batch.subarray(CRC_FROM)), 17);
  return batch;
}

/** Room for the length in front of a record: it is written behind it, once it is known. */
const LENGTH_ROOM = 5;

function writeRecord(into: Buffer, from: number, keyed: KeyedRecord, timestampDelta: number, index: number): number {
  const { record, key } = keyed;
  let at = from + LENGTH_ROOM;
  into[at] = 0;
  at = writeVarint(into, at + 1, timestampDelta);
  at = writeVarint(into, at, index);
  at = writeBytes(into, at, key);
  at = record.value === null ? writeVarint(into, at, -1) : writeBytes(into, at, record.value);
  const names = Object.keys(record.headers);
  at = writeVarint(into, at, names.length);
  for (const name of names) {
    at = writeText(into, at, name);
    at = writeText(into, at, record.headers[name] ?? '');
  }
  const start = from + LENGTH_ROOM;
  const body = writeVarint(into, from, at - start);
  into.copyWithin(body, start, at);
  return at - (start - body);
}

function writeBytes(into: Buffer, at: number, bytes: Uint8Array): number {
  const start = writeVarint(into, at, bytes.length);
  into.set(bytes, start);
  return start + bytes.length;
}

function writeText(into: Buffer, at: number, text: string): number {
  const start = writeVarint(into, at, Buffer.byteLength(text));
  return start + into.write(text, start);
}

/** A signed number in the zigzag form of Protocol Buffers. */
function writeVarint(into: Buffer, from: number, value: number): number {
  let at = from;
  // Time differences may exceed 32 bits.
  let rest = value >= 0 ? value * 2 : -value * 2 - 1;
  while (rest >= 0x80) {
    into[at] = (rest % 0x80) | 0x80;
    rest = Math.floor(rest / 0x80);
    at += 1;
  }
  into[at] = rest;
  return at + 1;
}
