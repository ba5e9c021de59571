import { setTimeout } from 'node:timers/promises';
import type { NatsConnection } from '@nats-io/nats-core';
import { connect } from '@nats-io/transport-node';
import { LANES, type Lane } from '../../src/core/event.ts';
import { HubConflict } from '../../sync/core/hub.ts';
import { BEGINNING, comparePlaces, type Place } from '../../sync/core/outbox.ts';
import { resume } from '../../sync/core/resume.ts';
import { DUPLICATE_IN_BATCH, placeOf, sendAtomicBatch } from '../../sync/jetstream/atomic-batch.ts';
import { laneFilter } from '../../sync/jetstream/streams.ts';
import { jetStreamUpHub } from '../../sync/jetstream/up-hub.ts';
import { type Made, makeEvent, type UpEvent } from './bridge-events.ts';

/** A dealer that keeps the edge's protocol upwards, with its log in memory: the truth of what it made. */
export interface Dealer {
  readonly dealerId: string;
  readonly deviceId: string;
  /** Everything that it made. */
  readonly made: readonly Made[];
  /** By lane and epoch: the last sequence that has to be there, where a disk was lost with what came after it. */
  readonly keptUpTo: ReadonlyMap<string, number>;
  /** What is wrong with what the hub said. */
  readonly problems: readonly string[];
  readonly conflicts: number;
  /** How far the centre has confirmed a lane, by its receipts. */
  receipt(lane: Lane): Place;
  last(lane: Lane): Place;
  /** Goes on from a backup: what came after it is lost, and a new epoch begins. */
  restoreBackup(): void;
  /** Makes one more event in each lane, then waits until the centre has everything; `false` when that takes too long. */
  finish(withinMs: number): Promise<boolean>;
  stop(): Promise<void>;
}

/** Events of one append at the most. */
const BATCH_MAX = 40;
/** An outbox that long waits for the hub. */
const OUTBOX_MAX = 2_000;
const RECEIPT_EVERY_MS = 200;

interface LaneState {
  epoch: number;
  sequence: number;
  receipt: Place;
  outbox: UpEvent[];
  readonly ids: Map<string, string>;
}

/** The name of an epoch of a lane in `keptUpTo`. */
export function epochKey(lane: Lane, epoch: number): string {
  return `${lane}/${epoch}`;
}

export function startDealer(url: string, dealerId: string, deviceId: string, random: () => number): Dealer {
  return new SyntheticDealer(url, dealerId, deviceId, random);
}

class SyntheticDealer implements Dealer {
  readonly dealerId: string;
  readonly deviceId: string;
  readonly made: Made[] = [];
  readonly keptUpTo = new Map<string, number>();
  readonly problems: string[] = [];
  conflicts = 0;
  readonly #url: string;
  readonly #random: () => number;
  readonly #lanes: Readonly<Record<Lane, LaneState>>;
  readonly #work: Promise<unknown>;
  #making = true;
  #stopping = false;

  constructor(url: string, dealerId: string, deviceId: string, random: () => number) {
    this.dealerId = dealerId;
    this.deviceId = deviceId;
    this.#url = url;
    this.#random = random;
    const lane = (): LaneState => ({ epoch: 1, sequence: 0, receipt: BEGINNING, outbox: [], ids: new Map() });
    this.#lanes = { live: lane(), bulk: lane() };
    this.#work = this.#run();
  }

  receipt(lane: Lane): Place {
    return this.#lanes[lane].receipt;
  }

  last(lane: Lane): Place {
    const { epoch, sequence } = this.#lanes[lane];
    return { epoch, sequence };
  }

  restoreBackup(): void {
    for (const lane of LANES) {
      const state = this.#lanes[lane];
      const lost = Math.min(state.sequence, Math.floor(this.#random() * 12));
      const kept = state.sequence - lost;
      this.keptUpTo.set(epochKey(lane, state.epoch), kept);
      const isKept = (event: Place) => event.epoch < state.epoch || event.sequence <= kept;
      state.outbox = state.outbox.filter(isKept);
      for (let sequence = kept + 1; sequence <= state.sequence; sequence += 1) {
        state.ids.delete(`${state.epoch}/${sequence}`);
      }
      state.epoch += 1;
      state.sequence = 0;
      this.#make(lane);
    }
  }

  async finish(withinMs: number): Promise<boolean> {
    this.#making = false;
    for (const lane of LANES) this.#make(lane);
    const untilMs = performance.now() + withinMs;
    const isConfirmed = () => LANES.every((lane) => comparePlaces(this.receipt(lane), this.last(lane)) === 0);
    while (!isConfirmed()) {
      if (performance.now() > untilMs) return false;
      await setTimeout(50);
    }
    return true;
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    this.#making = false;
    await this.#work;
  }

  #make(lane: Lane): void {
    const state = this.#lanes[lane];
    state.sequence += 1;
    const { epoch, sequence } = state;
    const { dealerId, deviceId } = this;
    const event = makeEvent({ dealerId, deviceId, lane, epoch, sequence, poisonShare: 0.01 }, this.#random);
    this.made.push(event.made);
    state.outbox.push(event);
    state.ids.set(`${epoch}/${sequence}`, event.id);
  }

  async #run(): Promise<void> {
    while (!this.#stopping) {
      let nc: NatsConnection | undefined;
      try {
        const open = await connect({ servers: this.#url, reconnect: false, timeout: 1_000 });
        nc = open;
        await Promise.all(LANES.map((lane) => this.#runLane(open, lane)));
      } catch {
        // The hub is down, or answers too late: again from what it has then.
        await setTimeout(50);
      } finally {
        await nc?.close();
      }
    }
  }

  async #runLane(nc: NatsConnection, lane: Lane): Promise<void> {
    while (!this.#stopping) {
      try {
        await this.#sendFromLast(nc, lane);
      } catch (error) {
        if (!(error instanceof HubConflict)) throw error;
        this.conflicts += 1;
      }
    }
  }

  /** The edge's loop (`sync/core/uplink.ts`) over a log in memory. */
  async #sendFromLast(nc: NatsConnection, lane: Lane): Promise<void> {
    const state = this.#lanes[lane];
    const hub = jetStreamUpHub(nc, this.dealerId, this.deviceId);
    await this.#readReceipt(nc, lane);
    const stored = await hub.lastStored(lane);
    const start = resume({
      deviceId: this.deviceId,
      epoch: state.epoch,
      last: this.last(lane),
      stored,
      localId: stored === undefined ? undefined : state.ids.get(`${stored.epoch}/${stored.sequence}`),
      receipt: state.receipt.sequence === 0 ? undefined : state.receipt,
      acked: undefined,
    });
    if (start.kind === 'refuse') {
      this.#problem(start.reason);
      await setTimeout(500);
      return;
    }
    let { after, hubSequence } = start;
    let receiptMs = performance.now();
    while (!this.#stopping) {
      if (this.#making && state.outbox.length < OUTBOX_MAX) {
        const count = Math.floor(this.#random() * 6);
        for (let made = 0; made < count; made += 1) this.#make(lane);
      }
      const [first, ...rest] = state.outbox.filter((event) => comparePlaces(event, after) > 0).slice(0, BATCH_MAX);
      if (first !== undefined) {
        const events = [first, ...rest.filter((event) => event.epoch === first.epoch)];
        hubSequence = await this.#append(nc, lane, hubSequence, events);
        after = events.at(-1) ?? after;
      }
      await setTimeout(20 + this.#random() * 120);
      if (performance.now() - receiptMs < RECEIPT_EVERY_MS) continue;
      receiptMs = performance.now();
      await this.#readReceipt(nc, lane);
      if (((await hub.lastStored(lane))?.hubSequence ?? 0) !== hubSequence)
        throw new HubConflict('The hub lost events.');
    }
  }

  async #append(nc: NatsConnection, lane: Lane, after: number, events: readonly UpEvent[]): Promise<number> {
    const guard = { filter: laneFilter(this.dealerId, lane), lastSequence: after };
    const send = (withIds: boolean) =>
      sendAtomicBatch(
        nc,
        guard,
        events.map((event) => ({
          subject: event.subject,
          payload: event.payload,
          headers: (ofBatch) => event.headers(ofBatch, withIds),
        })),
      );
    const answer = await send(true);
    return placeOf(answer.error?.err_code === DUPLICATE_IN_BATCH ? await send(false) : answer);
  }

  /** Only what the centre has confirmed may be forgotten: what the hub loses after that, nobody can send again. */
  async #readReceipt(nc: NatsConnection, lane: Lane): Promise<void> {
    const state = this.#lanes[lane];
    const receipt = await jetStreamUpHub(nc, this.dealerId, this.deviceId).receipt(lane);
    // A hub that was rolled back has an older one.
    if (receipt === undefined || comparePlaces(receipt, state.receipt) <= 0) return;
    const last = this.last(lane);
    if (comparePlaces(receipt, last) > 0) {
      this.#problem(`${lane}: a receipt for ${receipt.epoch}/${receipt.sequence}, past ${last.epoch}/${last.sequence}`);
    }
    state.receipt = receipt;
    state.outbox = state.outbox.filter((event) => comparePlaces(event, receipt) > 0);
  }

  #problem(what: string): void {
    if (this.problems.length < 10) this.problems.push(`${this.dealerId}: ${what}`);
  }
}
