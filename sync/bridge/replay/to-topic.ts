import { EdgeError } from '../../../src/core/errors.ts';
import { definitions } from '../../../src/events/catalog.ts';
import type { Kafka, KafkaRecord } from '../kafka.ts';
import { wantedTopics } from '../topic-list.ts';
import { readStretch, type Stretch } from './bounded-read.ts';
import { placeText, type ReplayTarget } from './replay-target.ts';
import { REPLAY_ATTRIBUTE, REPLAY_HEADERS, type Selected } from './selection.ts';

/**
 * Writes records into another topic, value and headers as they are and marked, each batch in one transaction. A second
 * run with the same id reads back what the first one wrote, so that nothing is there twice.
 * @throws {EdgeError} `validation-failed` for a topic that the bridge works with; `not-found` for one that is not there.
 */
export async function topicTarget(
  kafka: Kafka,
  topic: string,
  options: { readonly prefix: string; readonly replayId: string },
): Promise<ReplayTarget> {
  const { prefix, replayId } = options;
  if (wantedTopics(definitions, { prefix }).some(({ name }) => name === topic)) {
    throw new EdgeError(
      'validation-failed',
      `${topic} is a topic of the bridge: events there are facts, and a replayed one would be a second fact. Choose a topic of your own.`,
    );
  }
  const [state] = await kafka.admin().topics([topic]);
  if (state === undefined) {
    throw new EdgeError('not-found', `Kafka has no topic ${topic}. Make it first; this command makes none.`);
  }
  const producer = await kafka.producer(`${prefix}-operator-replay-${replayId}`);
  return {
    batchMax: 500,
    resume: (stretches) => withoutWritten(kafka, topic, replayId, stretches),
    async write(events) {
      await producer.begin();
      await producer.send(events.map((event) => recordOf(event, topic, replayId)));
      await producer.commit();
    },
    finish: () => Promise.resolve(),
    close: () => producer.close(),
  };
}

const text = new TextDecoder();

function recordOf(event: Selected, topic: string, replayId: string): KafkaRecord {
  const { key, value, headers } = event.message;
  return {
    topic,
    key: key === undefined ? '' : text.decode(key),
    value: value ?? null,
    headers: {
      ...Object.fromEntries(headers.map((header) => [header.name, text.decode(header.value)])),
      [`ce_${REPLAY_ATTRIBUTE}`]: replayId,
      [REPLAY_HEADERS.mark]: 'true',
      [REPLAY_HEADERS.from]: placeText(event),
    },
  };
}

/** Each stretch after the last record of it that this replay has in the topic already. */
async function withoutWritten(
  kafka: Kafka,
  topic: string,
  replayId: string,
  stretches: readonly Stretch[],
): Promise<readonly Stretch[]> {
  const next = new Map<string, bigint>();
  for (const { partition, first, end } of await kafka.admin().bounds(topic)) {
    for await (const { headers } of readStretch(kafka.reader(), { topic, partition, from: first, end })) {
      const of = (name: string) => text.decode(headers.find((header) => header.name === name)?.value);
      if (of(`ce_${REPLAY_ATTRIBUTE}`) !== replayId) continue;
      const [, stretch = '', offset = '0'] = /^(.+)\/(\d+)$/.exec(of(REPLAY_HEADERS.from)) ?? [];
      const after = BigInt(offset) + 1n;
      if (after > (next.get(stretch) ?? 0n)) next.set(stretch, after);
    }
  }
  return stretches.map((one) => {
    const after = next.get(`${one.topic}/${one.partition}`) ?? one.from;
    return { ...one, from: after > one.from ? after : one.from };
  });
}
