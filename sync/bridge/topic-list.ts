import type { EventDefinition } from '../../src/core/define-event.ts';
import { kafkaTopic } from '../../src/events/names.ts';
import { checkpointTopic } from './checkpoint.ts';

/**
 * The topics that the bridge needs, and what each has to be. Settings: https://kafka.apache.org/documentation/#topicconfigs
 *
 * **Compaction.** It keeps the newest record of each key, so it is right only where the key names what the event is the
 * whole state of. What goes up is keyed by the dealer (the contract), so compacting it would leave one order a dealer:
 * those topics, also the ones with both directions such as `inventory.changed` and `model.deployed`, are never compacted.
 * What comes down to everybody is keyed by its subject. Of that, profiles of dealers, products and promotions carry
 * their whole state. Prices do not (one SKU has a price for each price list, some from a later date on), and neither do
 * prompt templates (earlier versions stay in use until the newer one is active): these are kept for good instead.
 *
 * State is `compact` and not `compact,delete`: a product that nobody has changed for years still has to be there for a
 * reader that starts today. For the first 90 days nothing is compacted away, so that replay and a bridge that was down
 * see every change; that is also how long the hub keeps what goes down.
 */

/** How the records of a topic are kept. */
export type TopicKind = 'live' | 'bulk' | 'history' | 'state' | 'dlq' | 'dlq-status' | 'checkpoint';

/** Kinds whose records are dropped by age; only theirs can be chosen. */
export const AGED_KINDS = ['live', 'bulk', 'dlq'] as const satisfies readonly TopicKind[];
export type AgedKind = (typeof AGED_KINDS)[number];

/** A topic that has to be there. */
export interface WantedTopic {
  readonly name: string;
  readonly kind: TopicKind;
  /** What it is for. */
  readonly purpose: string;
  /** Partitions where it is made. */
  readonly partitions: number;
  /** Without what depends on the replication factor. */
  readonly config: Readonly<Record<string, string>>;
}

export interface TopicChoices {
  readonly prefix: string;
  /** Of topics that are made; 3 by default. */
  readonly partitions?: number;
  /** Partitions of the checkpoint topic; 8 by default, fixed for good once it is made. */
  readonly shards?: number;
  /** For how many days records are kept, where not by default: live 365, bulk 90, dlq 365. */
  readonly retentionDays?: Readonly<Partial<Record<AgedKind, number>>>;
}

export const PARTITIONS_DEFAULT = 3;
export const SHARDS_DEFAULT = 8;

const DAY_MS = 24 * 60 * 60 * 1000;
const RETENTION_DAYS: Readonly<Record<AgedKind, number>> = { live: 365, bulk: 90, dlq: 365 };

/** For how long nothing of a state is compacted away: as long as the hub keeps what goes down. */
const STATE_LAG_DAYS = 90;

const MIB = 1024 * 1024;
/** The hub takes 1 MiB with headers; Avro writes a short number of JSON in 8 bytes, and a batch holds several records. */
const EVENT_BYTES_MAX = 4 * MIB;
/** The original bytes beside the reason, and what was tried. */
const DEAD_LETTER_BYTES_MAX = 8 * MIB;

/** Down to everybody, keyed by their subject, with the whole state each time. */
const STATE_TYPES: ReadonlySet<string> = new Set([
  'dealer.created',
  'dealer.updated',
  'product.updated',
  'promotion.activated',
]);

/** Kept for good: earlier ones stay in force, or are evidence. */
const HISTORY_TYPES: ReadonlySet<string> = new Set([
  'price.changed',
  'prompt.template.updated',
  'model.trained',
  'model.deployed',
  'audit.event.logged',
]);

/** Dead letters, with their bytes as they arrived. */
export function deadLetterTopic(prefix: string): string {
  return `${prefix}.dlq`;
}

/** What became of each dead letter; compacted. */
export function deadLetterStatusTopic(prefix: string): string {
  return `${prefix}.dlq.status`;
}

/** How the topic of an event type is kept. */
export function kindOf(definition: Pick<EventDefinition, 'type' | 'lane'>): TopicKind {
  if (STATE_TYPES.has(definition.type)) return 'state';
  if (HISTORY_TYPES.has(definition.type)) return 'history';
  return definition.lane;
}

/** Every topic that the catalogue and the bridge need, events first, in the order of the catalogue. */
export function wantedTopics(definitions: Iterable<EventDefinition>, choices: TopicChoices): readonly WantedTopic[] {
  const partitions = choices.partitions ?? PARTITIONS_DEFAULT;
  const events = Array.from(definitions, (definition): WantedTopic => {
    const kind = kindOf(definition);
    const name = kafkaTopic(definition.type, choices.prefix);
    return { name, kind, purpose: definition.purpose, partitions, config: configOf(kind, choices) };
  });
  const own = (name: string, kind: TopicKind, count: number, purpose: string): WantedTopic => ({
    name,
    kind,
    purpose,
    partitions: count,
    config: configOf(kind, choices),
  });
  return [
    ...events,
    own(deadLetterTopic(choices.prefix), 'dlq', partitions, 'Events that could not be taken, byte for byte.'),
    own(deadLetterStatusTopic(choices.prefix), 'dlq-status', partitions, 'What became of each dead letter.'),
    own(
      checkpointTopic(choices.prefix),
      'checkpoint',
      choices.shards ?? SHARDS_DEFAULT,
      'How far the bridge has brought each dealer: one partition a shard.',
    ),
  ];
}

/**
 * How many brokers have to hold a record before it counts (`acks=all`): one may be away without stopping the bridge.
 * With two replicas that leaves one: both would stop it whenever either restarts.
 */
export function minInSync(replicationFactor: number): string {
  return String(Math.max(1, replicationFactor - 1));
}

function configOf(kind: TopicKind, choices: TopicChoices): Readonly<Record<string, string>> {
  return { ...SHARED, ...cleanupOf(kind, choices) };
}

const SHARED = {
  // Batches stay as the producer compressed them.
  'compression.type': 'producer',
  // A replica that missed records never leads: it would drop what was acknowledged.
  'unclean.leader.election.enable': 'false',
  // The broker's time: a box with a wrong clock would spoil retention and searches by time, or have its events refused.
  'message.timestamp.type': 'LogAppendTime',
} as const;

function cleanupOf(kind: TopicKind, { retentionDays }: TopicChoices): Readonly<Record<string, string>> {
  const aged = (of: AgedKind, bytesMax: number) => ({
    'cleanup.policy': 'delete',
    'retention.ms': String(Math.round((retentionDays?.[of] ?? RETENTION_DAYS[of]) * DAY_MS)),
    'max.message.bytes': String(bytesMax),
  });
  switch (kind) {
    case 'live':
    case 'bulk':
      return aged(kind, EVENT_BYTES_MAX);
    case 'dlq':
      return aged(kind, DEAD_LETTER_BYTES_MAX);
    case 'history':
      return { 'cleanup.policy': 'delete', 'retention.ms': '-1', 'max.message.bytes': String(EVENT_BYTES_MAX) };
    case 'state':
      return {
        'cleanup.policy': 'compact',
        'min.compaction.lag.ms': String(STATE_LAG_DAYS * DAY_MS),
        'max.message.bytes': String(EVENT_BYTES_MAX),
      };
    case 'dlq-status':
      return { 'cleanup.policy': 'compact', 'max.message.bytes': String(EVENT_BYTES_MAX) };
    case 'checkpoint':
      // Small segments, cleaned soon: each start of a shard reads its partition whole.
      return {
        'cleanup.policy': 'compact',
        'segment.bytes': String(16 * MIB),
        'min.cleanable.dirty.ratio': '0.1',
        'max.message.bytes': String(EVENT_BYTES_MAX),
      };
  }
}
