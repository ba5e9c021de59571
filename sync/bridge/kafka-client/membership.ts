import { setTimeout as delay } from 'node:timers/promises';
import { heartbeatV4, joinGroupV9, leaveGroupV5, syncGroupV5 } from '@platformatic/kafka';
import type { KafkaMembership, KafkaSettings } from '../kafka.ts';
import type { JoinGroupAnswer } from './answers.ts';
import { decodeAssignment, decodeSubscription, encodeAssignment, encodeSubscription, share } from './assignment.ts';
import { accepted, errorName, mayRetry } from './broker-answer.ts';
import type { Cluster } from './cluster.ts';
import { pauseMs } from './retry.ts';

export interface MembershipOptions {
  readonly groupId: string;
  readonly topic: string;
  /** A member that is silent for so long is taken for dead. Brokers allow 6 s to 30 min by default. */
  readonly sessionTimeoutMs: number;
  /** So long the others wait for a member to let go of its partitions and join again. */
  readonly rebalanceTimeoutMs: number;
}

/** A member learns of a change in the group by its heartbeat. */
const HEARTBEAT_MS = 500;
/** What an answer takes besides the wait for the other members. */
const ANSWER_MS = 5_000;
const PROTOCOL_TYPE = 'consumer';
const PROTOCOL = 'dealeriq-cooperative';
/** Answers after which a member joins again; with the first two it has lost its place. */
const LOST_PLACE = new Set(['UNKNOWN_MEMBER_ID', 'ILLEGAL_GENERATION']);
const JOIN_AGAIN = new Set([...LOST_PLACE, 'REBALANCE_IN_PROGRESS', 'MEMBER_ID_REQUIRED']);

/**
 * A member of a group under Kafka's classic group protocol, with incremental rebalances (KIP-429): members keep what
 * stays theirs while others come and go. The classic protocol and not KIP-848's, where the session time-out is the
 * broker's to set and 45 seconds by default: so long the dealers of a copy that died would wait.
 */
export class Membership implements KafkaMembership {
  readonly #connect: (changes: Partial<KafkaSettings>) => Cluster;
  readonly #options: MembershipOptions;

  constructor(connect: (changes: Partial<KafkaSettings>) => Cluster, options: MembershipOptions) {
    this.#connect = connect;
    this.#options = options;
  }

  async run(onAssigned: (partitions: readonly number[]) => Promise<void>, signal: AbortSignal): Promise<void> {
    // A join is answered only once all members have joined.
    const cluster = this.#connect({ requestTimeoutMs: this.#options.rebalanceTimeoutMs + ANSWER_MS });
    const member = new GroupMember(cluster, this.#options, onAssigned, signal);
    await member.run();
  }
}

class GroupMember {
  readonly #cluster: Cluster;
  readonly #options: MembershipOptions;
  readonly #onAssigned: (partitions: readonly number[]) => Promise<void>;
  readonly #signal: AbortSignal;
  #coordinator: number | undefined;
  #id = '';
  #generation = -1;
  #owned: readonly number[] = [];
  /** When the coordinator last heard of this member; later than the session allows, others may have its partitions. */
  #heardMs = Date.now();

  constructor(
    cluster: Cluster,
    options: MembershipOptions,
    onAssigned: (partitions: readonly number[]) => Promise<void>,
    signal: AbortSignal,
  ) {
    this.#cluster = cluster;
    this.#options = options;
    this.#onAssigned = onAssigned;
    this.#signal = signal;
  }

  async run(): Promise<void> {
    let tries = 0;
    try {
      while (!this.#signal.aborted) {
        try {
          const wanted = await this.#join();
          const revoking = this.#owned.some((partition) => !wanted.includes(partition));
          tries = 0;
          // What was let go is free for others once this member says so by joining again.
          await this.#beatDuring(() => this.#take(wanted));
          if (!revoking) await this.#beat(this.#signal);
        } catch (error) {
          if (this.#signal.aborted) break;
          if (!mayRetry(error) && !this.#joinsAgain(error)) throw error;
          if (this.#joinsAgain(error)) continue;
          this.#coordinator = undefined;
          tries += 1;
          await this.#loseAfterSilence();
          await delay(pauseMs(tries), undefined, { signal: this.#signal }).catch(() => {});
        }
      }
      await this.#beatDuring(() => this.#take([]));
      await this.#leave();
    } finally {
      await this.#cluster.close();
    }
  }

  /** Joins and learns which partitions are this member's. */
  async #join(): Promise<readonly number[]> {
    const { groupId, topic, sessionTimeoutMs, rebalanceTimeoutMs } = this.#options;
    const joined = await this.#call(async (node) => {
      const subscription = encodeSubscription(topic, this.#owned);
      const answer = await this.#cluster.call(
        node,
        joinGroupV9.api,
        groupId,
        sessionTimeoutMs,
        rebalanceTimeoutMs,
        this.#id,
        null,
        PROTOCOL_TYPE,
        [{ name: PROTOCOL, metadata: subscription }],
        null,
      );
      // The first answer only names the member (KIP-394).
      if (errorName(answer.errorCode) === 'MEMBER_ID_REQUIRED') this.#id = answer.memberId;
      accepted(answer.errorCode, `Join group ${groupId}`);
      return answer;
    });
    this.#id = joined.memberId;
    this.#generation = joined.generationId;
    const shares = await this.#shares(joined);
    const synced = await this.#call(async (node) => {
      const answer = await this.#cluster.call(
        node,
        syncGroupV5.api,
        groupId,
        this.#generation,
        this.#id,
        null,
        PROTOCOL_TYPE,
        PROTOCOL,
        shares,
      );
      accepted(answer.errorCode, `Take part in group ${groupId}`);
      return answer;
    });
    return decodeAssignment(synced.assignment);
  }

  /** As the leader: everybody's share. */
  async #shares(joined: JoinGroupAnswer): Promise<{ memberId: string; assignment: Buffer }[]> {
    if (joined.leader !== joined.memberId) return [];
    const { topic } = this.#options;
    this.#cluster.forget(topic);
    const { leaders } = await this.#cluster.topic(topic);
    const members = joined.members.map(({ memberId, metadata }) => ({
      id: memberId,
      owned: decodeSubscription(metadata),
    }));
    return [...share(leaders.length, members)].map(([memberId, partitions]) => ({
      memberId,
      assignment: encodeAssignment(topic, partitions),
    }));
  }

  /** Taking up and letting go may take longer than a session: the group hears of this member meanwhile. */
  async #beatDuring(step: () => Promise<void>): Promise<void> {
    const stop = new AbortController();
    const beating = this.#beatThrough(stop.signal);
    try {
      await step();
    } finally {
      stop.abort();
      await beating;
    }
  }

  async #beatThrough(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) await this.#beat(signal).catch(() => {});
  }

  /** Heartbeats until the group changes. @throws {KafkaError} `REBALANCE_IN_PROGRESS` and the like. */
  async #beat(signal: AbortSignal): Promise<void> {
    const { groupId, sessionTimeoutMs } = this.#options;
    for (;;) {
      await delay(Math.min(sessionTimeoutMs / 6, HEARTBEAT_MS), undefined, { signal });
      await this.#call(async (node) => {
        const answer = await this.#cluster.call(node, heartbeatV4.api, groupId, this.#generation, this.#id, null);
        accepted(answer.errorCode, `Stay in group ${groupId}`);
      });
    }
  }

  async #take(partitions: readonly number[]): Promise<void> {
    const same = partitions.length === this.#owned.length && partitions.every((one) => this.#owned.includes(one));
    this.#owned = partitions;
    if (!same) await this.#onAssigned(partitions);
  }

  async #leave(): Promise<void> {
    if (this.#id === '' || this.#coordinator === undefined) return;
    // A member that cannot say good-bye is missed after its session time-out.
    await this.#cluster
      .call(this.#coordinator, leaveGroupV5.api, this.#options.groupId, [
        { memberId: this.#id, groupInstanceId: null, reason: 'stopped' },
      ])
      .catch(() => {});
  }

  async #call<T>(question: (node: number) => Promise<T>): Promise<T> {
    this.#coordinator ??= await this.#cluster.coordinator('group', this.#options.groupId);
    const answer = await question(this.#coordinator);
    this.#heardMs = Date.now();
    return answer;
  }

  #joinsAgain(error: unknown): boolean {
    const reason = error instanceof Error && 'reason' in error ? String(error.reason) : '';
    if (LOST_PLACE.has(reason)) {
      if (reason === 'UNKNOWN_MEMBER_ID') this.#id = '';
      this.#generation = -1;
    }
    return JOIN_AGAIN.has(reason);
  }

  /** Cut off from the brokers for a session, others have the partitions by now. */
  async #loseAfterSilence(): Promise<void> {
    if (Date.now() - this.#heardMs > this.#options.sessionTimeoutMs) await this.#take([]);
  }
}
