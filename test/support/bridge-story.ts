import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { LANES } from '../../src/core/event.ts';
import { Fenced, type Kafka, KafkaError } from '../../sync/bridge/kafka.ts';
import type { UpGate } from '../../sync/bridge/up-group.ts';
import { runUpShard } from '../../sync/bridge/up-shard.ts';
import { comparePlaces } from '../../sync/core/outbox.ts';
import { provision } from '../../sync/jetstream/provision.ts';
import { streams } from '../../sync/jetstream/streams.ts';
import type { Receipt } from '../../sync/jetstream/up-hub.ts';
import { readAll } from './bridge-content.ts';
import type { KafkaContent } from './bridge-oracle.ts';
import { judgeKafka, placeIn } from './bridge-oracle.ts';
import { type StoryDealer, storyDealer } from './bridge-story-dealer.ts';
import type { BridgeWorld } from './bridge-world.ts';

/** What one copy of the bridge works with; a bug is planted by wrapping it. */
export interface CopyPorts {
  readonly nc: NatsConnection;
  readonly kafka: Kafka;
  readonly gate: UpGate;
  /** Lets what the story holds go on; resolves when it is done. */
  readonly release: () => Promise<void>;
  readonly prefix: string;
}

export type Plant = (ports: CopyPorts) => Pick<CopyPorts, 'nc' | 'kafka' | 'gate'>;

/** What becomes of the next commits: `die`: never sent; `lose`: committed, but the answer is lost; `hold`: sent late. */
type Mishap = 'die' | 'lose' | 'hold';

const SHARDS = 2;
/** How long a copy may take to carry everything, in milliseconds. */
const CARRY_MS = 3_000;

/** A bridge over mishaps of one kind after another, in one process: runs its real loop on real Kafka and a real hub. */
export async function tellStory(world: BridgeWorld, prefix: string, gate: UpGate, plant: Plant): Promise<string> {
  const story = new Story(world, prefix, gate, plant);
  try {
    return await story.tell();
  } finally {
    await story.close();
  }
}

/** How often and how far apart an audit looks again. */
const AUDITS_MAX = 20;
const AUDIT_PAUSE_MS = 100;

class Story {
  readonly #world: BridgeWorld;
  readonly #prefix: string;
  readonly #gate: UpGate;
  readonly #plant: Plant;
  readonly #dealers: StoryDealer[] = [];
  readonly #problems: string[] = [];
  /** The furthest that was said of each dealer and lane, by whomever. */
  readonly #heard = new Map<string, number>();
  #nc: NatsConnection | undefined;

  constructor(world: BridgeWorld, prefix: string, gate: UpGate, plant: Plant) {
    this.#world = world;
    this.#prefix = prefix;
    this.#gate = gate;
    this.#plant = plant;
  }

  async tell(): Promise<string> {
    const { hub, folder } = this.#world;
    await this.#connect();
    await this.#wipeHub();
    for (const dealerId of ['D001', 'D002', 'D003'])
      this.#dealers.push(storyDealer(dealerId, this.#dealers.length + 1));
    const [first, second, third] = this.#dealers as [StoryDealer, StoryDealer, StoryDealer];

    await this.#send(10);
    await this.#carry(['lose']);
    await this.#send(8);
    await this.#carry(['die'], 'once');
    await this.#audit();
    await this.#carry([]);
    await this.#send(8);
    await this.#zombie();

    // The hub forgets what one dealer sent and the centre has; others fill its places.
    const copy = join(folder, 'story-hub');
    await this.#disconnect();
    await hub.stop();
    rmSync(copy, { recursive: true, force: true });
    hub.copyStore(copy);
    await hub.start();
    await this.#connect();
    await first.send(this.#hub, 'live', 6);
    await this.#carry([]);
    await this.#disconnect();
    await hub.kill();
    hub.restoreStore(copy);
    await hub.start();
    await this.#connect();
    await second.send(this.#hub, 'live', 5);
    await third.send(this.#hub, 'live', 5);
    await this.#carry([]);
    await this.#send(4);
    await this.#carry([]);
    return this.#judge();
  }

  async close(): Promise<void> {
    await this.#nc?.close();
  }

  get #hub(): NatsConnection {
    if (this.#nc === undefined) throw new Error('Not connected to the hub.');
    return this.#nc;
  }

  async #connect(): Promise<void> {
    this.#nc = await connect({ servers: this.#world.hub.url, reconnect: false });
    // The hub keeps the newest receipt only: one that said too much may be followed by an honest one at once.
    this.#nc.subscribe('dealeriq.receipt.*', {
      callback: (_error, message) => {
        const { lanes } = message.json<Receipt>();
        for (const [lane, place] of Object.entries(lanes)) {
          const name = `${message.subject.split('.').at(-1)}/${lane}`;
          this.#heard.set(name, Math.max(place.sequence, this.#heard.get(name) ?? 0));
        }
      },
    });
  }

  async #disconnect(): Promise<void> {
    await this.#nc?.close();
  }

  async #wipeHub(): Promise<void> {
    const manager = await jetstreamManager(this.#hub);
    for (const { name } of streams) await manager.streams.delete(name).catch(() => undefined);
    await provision(this.#hub, []);
  }

  async #send(count: number): Promise<void> {
    for (const dealer of this.#dealers) for (const lane of LANES) await dealer.send(this.#hub, lane, count);
  }

  /** Runs a copy over mishaps, again after each failure, until the dealers heard that Kafka has everything. */
  async #carry(mishaps: readonly Mishap[], times: 'once' | 'until done' = 'until done'): Promise<void> {
    const left = [...mishaps];
    const untilMs = performance.now() + CARRY_MS;
    do {
      const copy = this.#start(left);
      while (!copy.hasEnded() && !(await this.#isConfirmed()) && performance.now() < untilMs) await setTimeout(15);
      await copy.stop();
      if (copy.failure() instanceof Fenced) this.#problems.push('fenced, with no other copy there');
    } while (times === 'until done' && !(await this.#isConfirmed()) && performance.now() < untilMs);
  }

  /** One copy is held in its commit; another takes over and carries everything; then the first one goes on. */
  async #zombie(): Promise<void> {
    const held = this.#start(['hold', 'hold']);
    await Promise.race([held.isHeld, setTimeout(CARRY_MS)]);
    const release = async () => {
      held.release();
      await setTimeout(300);
    };
    const next = this.#start([], release);
    const untilMs = performance.now() + CARRY_MS;
    while (!(await this.#isConfirmed()) && performance.now() < untilMs) await setTimeout(15);
    await release();
    await held.stop();
    await next.stop();
    await this.#carry([]);
  }

  #start(mishaps: Mishap[], release: () => Promise<void> = async () => undefined) {
    const abort = new AbortController();
    const gate = Promise.withResolvers<void>();
    const heldNow = Promise.withResolvers<void>();
    const hold = async () => {
      heldNow.resolve();
      await gate.promise;
    };
    let ended = false;
    let failure: unknown;
    const work = (async () => {
      const nc = await connect({ servers: this.#world.hub.url, reconnect: false });
      const kafka = withMishaps(this.#world.kafka, mishaps, hold);
      const ports = this.#plant({ nc, kafka, gate: this.#gate, release, prefix: this.#prefix });
      const report = { committed: () => undefined, held: () => undefined };
      const options = { ...ports, prefix: this.#prefix, shards: SHARDS, report, nowMs: Date.now, purgeEveryMs: 100 };
      const shards = Array.from({ length: SHARDS }, (_, shard) => runUpShard({ ...options, shard }, abort.signal));
      // A copy that fails in one shard begins them all again.
      await Promise.all(shards).catch((error: unknown) => {
        failure = error;
      });
      ended = true;
      abort.abort();
      gate.resolve();
      await Promise.allSettled(shards);
      await nc.close();
    })();
    return {
      isHeld: heldNow.promise,
      release: () => gate.resolve(),
      hasEnded: () => ended,
      failure: () => failure,
      async stop() {
        abort.abort();
        gate.resolve();
        await work;
      },
    };
  }

  async #isConfirmed(): Promise<boolean> {
    // Each is heard, also after one that is behind: the audit asks what they all heard.
    let isConfirmed = true;
    for (const dealer of this.#dealers) {
      for (const lane of LANES) {
        await dealer.hear(this.#hub, lane);
        if (comparePlaces(dealer.receipt(lane), dealer.last(lane)) !== 0) isConfirmed = false;
      }
    }
    return isConfirmed;
  }

  /**
   * I2, while something is under way: a receipt says no more than what a reader finds. The broker answers a commit before
   * its markers are in every partition (KIP-98), so a reader may find it a moment later; what is not committed never comes.
   */
  async #audit(): Promise<void> {
    await this.#hub.flush();
    let ahead = await this.#aheadOfKafka();
    for (let attempt = 0; ahead.length > 0 && attempt < AUDITS_MAX; attempt += 1) {
      await setTimeout(AUDIT_PAUSE_MS);
      ahead = await this.#aheadOfKafka();
    }
    this.#problems.push(...ahead);
  }

  async #aheadOfKafka(): Promise<string[]> {
    const { records } = await this.#content();
    return this.#dealers.flatMap((dealer) =>
      LANES.flatMap((lane) => {
        const mine = records.filter(({ key, headers }) => key === dealer.dealerId && headers.ce_lane === lane);
        const last = Math.max(0, ...mine.map((record) => placeIn(record).sequence));
        const sequence = this.#heard.get(`${dealer.dealerId}/${lane}`) ?? 0;
        return sequence > last ? [`${dealer.dealerId} heard of ${lane} ${sequence}, Kafka has ${last}`] : [];
      }),
    );
  }

  #content(): Promise<KafkaContent> {
    return readAll(this.#world, this.#prefix);
  }

  async #judge(): Promise<string> {
    const verdicts = await judgeKafka(this.#dealers, await this.#content());
    return [...this.#problems, ...verdicts.flatMap(({ problems }) => problems)].join('\n');
  }
}

/** Kafka with commits that go wrong. */
function withMishaps(kafka: Kafka, mishaps: Mishap[], hold: () => Promise<void>): Kafka {
  return {
    ...kafka,
    async producer(id, options) {
      const producer = await kafka.producer(id, options);
      return {
        begin: () => producer.begin(),
        send: (records) => producer.send(records),
        abort: () => producer.abort(),
        close: () => producer.close(),
        async commit() {
          const mishap = mishaps.shift();
          if (mishap === 'die') throw new KafkaError('must-reopen', 'The story ends here.');
          if (mishap === 'hold') await hold();
          await producer.commit();
          if (mishap === 'lose') throw new KafkaError('must-reopen', 'The answer got lost.');
        },
      };
    },
  };
}
