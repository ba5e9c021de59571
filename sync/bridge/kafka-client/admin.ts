import { setTimeout } from 'node:timers/promises';
import {
  createAclsV3,
  createPartitionsV3,
  createTopicsV7,
  deleteTopicsV6,
  describeAclsV3,
  describeConfigsV4,
  incrementalAlterConfigsV1,
} from '@platformatic/kafka';
import type { AclRule, KafkaAdmin, KafkaPosition, TopicSettings, TopicState } from '../kafka.ts';
import { aclOf, EVERY_ALLOW_RULE, ruleOf } from './acl-codes.ts';
import { accepted } from './broker-answer.ts';
import type { Cluster } from './cluster.ts';
import { EARLIEST, LATEST, listOffsets } from './offsets.ts';
import { retrying } from './retry.ts';

const TOPIC = 2;
/** Where a topic's own configuration comes from, as against a default of the broker. */
const DYNAMIC_TOPIC_CONFIG = 1;
const SET = 0;

/** How long a change may take to be seen, and how often that is looked at, in milliseconds. */
const SEEN_MS = 10_000;
const SEEN_AGAIN_MS = 25;

/** Topics, configuration and access rules. */
export class Admin implements KafkaAdmin {
  readonly #cluster: Cluster;

  constructor(cluster: Cluster) {
    this.#cluster = cluster;
  }

  async topics(names?: readonly string[]): Promise<readonly TopicState[]> {
    const answer = await this.#retrying(() => this.#cluster.metadata(names ?? null));
    const found = answer.topics.filter((topic) => topic.errorCode === 0 && !topic.isInternal);
    for (const topic of answer.topics) if (topic.errorCode !== 3) accepted(topic.errorCode, `Topic ${topic.name}`);
    const configs = await this.#configs(found.map((topic) => topic.name ?? ''));
    return found.map((topic) => ({
      name: topic.name ?? '',
      id: topic.topicId,
      partitions: topic.partitions.length,
      replicationFactor: topic.partitions[0]?.replicaNodes.length ?? 0,
      config: configs.get(topic.name ?? '') ?? {},
    }));
  }

  async createTopics(topics: readonly TopicSettings[]): Promise<void> {
    const wanted = topics.map((topic) => ({
      name: topic.name,
      numPartitions: topic.partitions,
      replicationFactor: topic.replicationFactor,
      assignments: [],
      configs: Object.entries(topic.config).map(([name, value]) => ({ name, value })),
    }));
    const made = await this.#cluster.callController(createTopicsV7.api, wanted, this.#cluster.requestTimeoutMs, false);
    for (const topic of made.topics) accepted(topic.errorCode, `Create topic ${topic.name}`, topic.errorMessage);
    const names = topics.map(({ name }) => name);
    await this.#seen(async () => (await this.topics(names)).length === names.length);
  }

  async deleteTopics(names: readonly string[]): Promise<void> {
    const topics = names.map((name) => ({ name }));
    const gone = await this.#cluster.callController(deleteTopicsV6.api, topics, this.#cluster.requestTimeoutMs);
    for (const topic of gone.responses) accepted(topic.errorCode, `Delete topic ${topic.name}`, topic.errorMessage);
  }

  async addPartitions(topic: string, partitions: number): Promise<void> {
    const grown = await this.#cluster.callController(
      createPartitionsV3.api,
      [{ name: topic, count: partitions, assignments: null }],
      this.#cluster.requestTimeoutMs,
      false,
    );
    const result = grown.results[0];
    accepted(result?.errorCode ?? -1, `Grow topic ${topic} to ${partitions} partitions`, result?.errorMessage);
  }

  async setConfig(topic: string, config: Readonly<Record<string, string>>): Promise<void> {
    const configs = Object.entries(config).map(([name, value]) => ({ name, value, configOperation: SET }) as const);
    const set = await this.#cluster.callController(
      incrementalAlterConfigsV1.api,
      [{ resourceType: TOPIC, resourceName: topic, configs }],
      false,
    );
    const result = set.responses[0];
    accepted(result?.errorCode ?? -1, `Configure topic ${topic}`, result?.errorMessage);
    await this.#seen(async () => {
      const now = (await this.topics([topic]))[0]?.config ?? {};
      return Object.entries(config).every(([name, value]) => now[name] === value);
    });
  }

  async acls(): Promise<readonly AclRule[]> {
    const answer = await this.#retrying(() => this.#cluster.callAny(describeAclsV3.api, EVERY_ALLOW_RULE));
    accepted(answer.errorCode, 'List access rules', answer.errorMessage);
    return answer.resources.flatMap((resource) =>
      resource.acls.flatMap((acl) => {
        const rule = ruleOf({ ...resource, ...acl });
        return rule === undefined ? [] : [rule];
      }),
    );
  }

  async createAcls(rules: readonly AclRule[]): Promise<void> {
    const made = await this.#cluster.callController(createAclsV3.api, rules.map(aclOf));
    for (const [index, result] of made.results.entries()) {
      const rule = rules[index];
      accepted(result.errorCode, `Allow ${rule?.principal} ${rule?.operation} on ${rule?.name}`, result.errorMessage);
    }
    await this.#seen(async () => {
      const now = new Set((await this.acls()).map(nameOfRule));
      return rules.every((rule) => now.has(nameOfRule(rule)));
    });
  }

  async offsetsAt(topic: string, timeMs: number): Promise<readonly KafkaPosition[]> {
    const [at, ends] = [
      await this.#offsets(topic, BigInt(Math.max(0, Math.floor(timeMs)))),
      await this.#offsets(topic, LATEST),
    ];
    return [...at].map(([partition, offset]) => ({
      topic,
      partition,
      offset: offset < 0n ? (ends.get(partition) ?? 0n) : offset,
    }));
  }

  async bounds(topic: string): Promise<readonly { partition: number; first: bigint; end: bigint }[]> {
    const first = await this.#offsets(topic, EARLIEST);
    const end = await this.#offsets(topic, LATEST);
    return [...first].map(([partition, offset]) => ({ partition, first: offset, end: end.get(partition) ?? offset }));
  }

  /**
   * The controller answers before the brokers know: waits until what was changed is seen by whoever asks next. A change
   * that is not seen in time was made all the same.
   */
  async #seen(check: () => Promise<boolean>): Promise<void> {
    const deadlineMs = performance.now() + SEEN_MS;
    while (!(await check()) && performance.now() < deadlineMs) await setTimeout(SEEN_AGAIN_MS);
  }

  #offsets(topic: string, at: bigint): Promise<ReadonlyMap<number, bigint>> {
    return this.#retrying(
      () => listOffsets(this.#cluster, topic, at),
      () => this.#cluster.forget(topic),
    );
  }

  async #configs(names: readonly string[]): Promise<ReadonlyMap<string, Readonly<Record<string, string>>>> {
    if (names.length === 0) return new Map();
    const resources = names.map((name) => ({ resourceType: TOPIC, resourceName: name }) as const);
    const answer = await this.#retrying(() => this.#cluster.callAny(describeConfigsV4.api, resources, false, false));
    return new Map(
      answer.results.map((result) => {
        accepted(result.errorCode, `Configuration of topic ${result.resourceName}`, result.errorMessage);
        const own = result.configs.filter(({ configSource }) => configSource === DYNAMIC_TOPIC_CONFIG);
        return [result.resourceName, Object.fromEntries(own.map(({ name, value }) => [name, value ?? '']))];
      }),
    );
  }

  async #retrying<T>(question: () => Promise<T>, beforeRetry: () => void = () => {}): Promise<T> {
    return await retrying(this.#cluster.deadlineMs(), question, beforeRetry);
  }
}

function nameOfRule({ principal, resource, name, pattern, operation }: AclRule): string {
  return [principal, resource, name, pattern, operation].join('\n');
}
