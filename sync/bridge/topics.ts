import { EdgeError } from '../../src/core/errors.ts';
import { definitions } from '../../src/events/catalog.ts';
import type { KafkaAdmin, TopicState } from './kafka.ts';
import { minInSync, type TopicChoices, type WantedTopic, wantedTopics } from './topic-list.ts';

/** What is to happen to a topic. `keep` and `refuse` change nothing; `refuse` also stops everything else. */
export type TopicStep = { readonly topic: string; readonly why: string } & (
  | {
      readonly action: 'create';
      readonly partitions: number;
      readonly replicationFactor: number;
      readonly config: Readonly<Record<string, string>>;
    }
  | { readonly action: 'add-partitions'; readonly partitions: number }
  | { readonly action: 'set-config'; readonly config: Readonly<Record<string, string>> }
  | { readonly action: 'keep' }
  | { readonly action: 'refuse' }
);

export interface TopicOptions extends TopicChoices {
  /** Of topics that are made. Give `min(3, brokers)` where nothing else is asked for. */
  readonly replicationFactor: number;
  /** Adds partitions also where that moves keys that have records; see `partitionStep`. */
  readonly moveKeys?: boolean;
}

/**
 * Compares the topics that there are with those that the catalogue needs; changes nothing. A topic that exists keeps its
 * number of partitions unless another one is asked for. Settings that are not ours stay.
 * @throws {KafkaError} what the admin throws.
 */
export async function planTopics(
  admin: Pick<KafkaAdmin, 'topics' | 'bounds'>,
  options: TopicOptions,
): Promise<readonly TopicStep[]> {
  const wanted = wantedTopics(definitions, options);
  const existing = new Map((await admin.topics(wanted.map(({ name }) => name))).map((topic) => [topic.name, topic]));
  const steps: TopicStep[] = [];
  for (const topic of wanted) {
    const state = existing.get(topic.name);
    if (state === undefined) {
      steps.push(createStep(topic, options));
      continue;
    }
    const changes = [await partitionStep(admin, topic, state, options), configStep(topic, state)];
    const found = changes.filter((step) => step !== undefined);
    steps.push(...(found.length > 0 ? found : [keepStep(topic, state, options)]));
  }
  return steps;
}

/**
 * Carries a plan out. Nothing is done while a step is refused.
 * @throws {EdgeError} `invalid-config` naming what is refused and why. @throws {KafkaError} what the admin throws.
 */
export async function applyTopics(
  admin: Pick<KafkaAdmin, 'createTopics' | 'addPartitions' | 'setConfig'>,
  plan: readonly TopicStep[],
): Promise<void> {
  const refused = plan.filter(({ action }) => action === 'refuse');
  if (refused.length > 0) {
    const lines = refused.map(({ topic, why }) => `${topic}: ${why}`);
    throw new EdgeError('invalid-config', `Nothing was changed.\n${lines.join('\n')}`);
  }
  const created = plan.filter((step) => step.action === 'create');
  if (created.length > 0) await admin.createTopics(created.map(({ topic, ...rest }) => ({ name: topic, ...rest })));
  for (const step of plan) {
    if (step.action === 'add-partitions') await admin.addPartitions(step.topic, step.partitions);
    if (step.action === 'set-config') await admin.setConfig(step.topic, step.config);
  }
}

function createStep(topic: WantedTopic, { replicationFactor }: TopicOptions): TopicStep {
  const { name, partitions, config } = topic;
  return {
    topic: name,
    action: 'create',
    partitions,
    replicationFactor,
    config: { ...config, 'min.insync.replicas': minInSync(replicationFactor) },
    why: `${partitions} partitions × ${replicationFactor}, ${retentionText(topic)}`,
  };
}

/**
 * A key's partition depends on how many there are. More partitions send a dealer's next event elsewhere than the ones
 * before, so that a reader can see them in the wrong order, and in a compacted topic the old value of a key stays where
 * it was. So they are added only where no records are, or where order does not matter. The checkpoint's partitions are
 * the shards of the bridge: a dealer whose shard changed would begin without its checkpoint and be sent again.
 */
async function partitionStep(
  admin: Pick<KafkaAdmin, 'bounds'>,
  { name, kind, partitions: wanted }: WantedTopic,
  state: TopicState,
  options: TopicOptions,
): Promise<TopicStep | undefined> {
  const has = state.partitions;
  if (kind === 'checkpoint') {
    if (options.shards === undefined || options.shards === has) return undefined;
    return {
      topic: name,
      action: 'refuse',
      why: `it has ${has} partitions, one a shard, and that may never change: dealers would move to shards that lack their checkpoint, and their events would be sent again. Use --shards ${has}.`,
    };
  }
  if (options.partitions === undefined || wanted <= has) return undefined;
  const grow = { topic: name, action: 'add-partitions', partitions: wanted } as const;
  if (kind === 'dlq') return { ...grow, why: `${has} → ${wanted}; dead letters have no order` };
  if ((await admin.bounds(name)).every(({ first, end }) => first === end)) {
    return { ...grow, why: `${has} → ${wanted}; it is empty` };
  }
  const isCompacted = kind === 'state' || kind === 'dlq-status';
  if (options.moveKeys === true && !isCompacted) return { ...grow, why: `${has} → ${wanted}; keys move, as asked` };
  return {
    topic: name,
    action: 'refuse',
    why: isCompacted
      ? `it holds records and is compacted: with ${wanted} partitions in place of ${has} the old values of keys that move would stay for ever. Use --partitions ${has}.`
      : `it holds records: with ${wanted} partitions in place of ${has} readers could see the events of one dealer in the wrong order. Use --partitions ${has}; or stop the bridge, let every consumer read to the end, and say --move-keys.`,
  };
}

function configStep(topic: WantedTopic, state: TopicState): TopicStep | undefined {
  const wanted = { ...topic.config, 'min.insync.replicas': minInSync(state.replicationFactor) };
  const wrong = Object.entries(wanted).filter(([key, value]) => !isSettled(key, value, state.config[key]));
  if (wrong.length === 0) return undefined;
  return {
    topic: topic.name,
    action: 'set-config',
    config: Object.fromEntries(wrong),
    why: wrong.map(([key, value]) => `${key}: ${state.config[key] ?? 'default'} → ${value}`).join(', '),
  };
}

/** An operator may have allowed larger records than we need. */
function isSettled(key: string, wanted: string, has: string | undefined): boolean {
  return has === wanted || (key === 'max.message.bytes' && Number(has) >= Number(wanted));
}

function keepStep(topic: WantedTopic, state: TopicState, { replicationFactor }: TopicOptions): TopicStep {
  const fewer =
    state.replicationFactor < replicationFactor
      ? `; ${replicationFactor} replicas would be safer: kafka-reassign-partitions.sh adds them`
      : '';
  return {
    topic: topic.name,
    action: 'keep',
    why: `${state.partitions} partitions × ${state.replicationFactor}, ${retentionText(topic)}${fewer}`,
  };
}

function retentionText({ config }: WantedTopic): string {
  if (config['cleanup.policy'] === 'compact') return 'newest of each key';
  const retentionMs = Number(config['retention.ms']);
  return retentionMs < 0 ? 'kept for good' : `kept ${Math.round(retentionMs / 86_400_000)} days`;
}
