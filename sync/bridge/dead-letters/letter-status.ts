import { z } from 'zod';
import type { KafkaMessage, KafkaRecord } from '../kafka.ts';
import { deadLetterStatusTopic } from '../topic-list.ts';

/** What an operator put beside a dead letter; the letter itself never changes. */
const fixSchema = z.object({
  /** Changed payload, as JSON; absent: as it arrived. */
  data: z.unknown().optional(),
  /** Attributes that take the place of the ones that arrived. */
  attributes: z.record(z.string(), z.string()),
  /** SHA-256 of the bytes that arrived, in hexadecimal. */
  originalSha256: z.string(),
  at: z.string(),
  by: z.string(),
  note: z.string().optional(),
});

const statusSchema = z.object({
  status: z.enum(['open', 'retried', 'discarded']),
  at: z.string(),
  by: z.string(),
  note: z.string().optional(),
  /** How often a retry was tried. */
  attempts: z.int().min(0),
  /** What the last retry that failed met. */
  problem: z.string().optional(),
  fix: fixSchema.optional(),
});

/** What became of a dead letter: the newest record of its id in `<prefix>.dlq.status`. */
export type LetterStatus = z.infer<typeof statusSchema>;
export type LetterFix = z.infer<typeof fixSchema>;

/** What a dead letter is before anybody did something about it. */
export const UNTOUCHED: LetterStatus = { status: 'open', at: '', by: '', attempts: 0 };

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** The record that says what became of a dead letter. */
export function statusRecord(prefix: string, letterId: string, status: LetterStatus): KafkaRecord {
  return {
    topic: deadLetterStatusTopic(prefix),
    key: letterId,
    value: encoder.encode(JSON.stringify(status)),
    headers: { 'content-type': 'application/json' },
  };
}

/** The newest status of each id in records of one or more partitions. A record that cannot be read says nothing. */
export function foldStatuses(messages: Iterable<KafkaMessage>): Map<string, LetterStatus> {
  const statuses = new Map<string, LetterStatus>();
  for (const { key, value } of messages) {
    const id = decoder.decode(key);
    if (value === undefined) statuses.delete(id);
    else {
      const status = read(value);
      if (status !== undefined) statuses.set(id, status);
    }
  }
  return statuses;
}

function read(value: Uint8Array): LetterStatus | undefined {
  try {
    return statusSchema.safeParse(JSON.parse(decoder.decode(value))).data;
  } catch {
    return undefined;
  }
}
