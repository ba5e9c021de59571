import type { DecisionContext, EntityKey } from '../commands/command.ts';
import { EdgeError } from '../core/errors.ts';
import { type Lane, type LoggedEvent, schemaUrn } from '../core/event.ts';
import { limits } from '../core/limits.ts';
import type { Ports } from '../core/ports.ts';
import { definitionOf, isKnownVersion } from '../events/catalog.ts';
import { type Projection, projectionStatements } from '../projections/projection.ts';
import { concernsEveryone } from '../store/failures.ts';
import { appendStatement, HEAD_SQL, type LogRow, readHeads } from '../store/log.ts';
import type { Statement, Store } from '../store/store.ts';
import { formatOrderNumber, type Identity, orderNumberPrefix, readNextOrderNumber } from './identity.ts';
import { loadRepeats, type Repeats, repeatNames } from './repeats.ts';
import type { Committed, Outcome, Task } from './task.ts';
import { WorkingSet } from './working-set.ts';

interface Waiting {
  readonly task: Task;
  resolve(committed: Committed): void;
  reject(error: unknown): void;
}

/** A decided task, before its commit. */
interface Decided {
  readonly waiting: Waiting;
  readonly rows: readonly LogRow[];
  readonly statements: readonly Statement[];
  readonly repeatOf?: Committed;
}

interface Heads {
  position: number;
  sequences: Record<Lane, number>;
  orderNumber: number;
}

export interface WriterOptions {
  readonly store: Store;
  readonly ports: Ports;
  readonly identity: Identity;
  readonly projections: readonly Projection[];
  /** Told after each commit, with the stretch of the log that it added. */
  committed(events: readonly LoggedEvent[]): void;
}

/** How often a decision is made again because another process wrote in between. */
const CONFLICT_TRIES = 100;

function isConflict(error: unknown): boolean {
  return error instanceof EdgeError && error.code === 'storage-changed';
}

/**
 * The one writer of a database. Tasks that wait together are loaded with one query a kind, decided one after the
 * other, and made durable with one commit (group commit); each is answered after that commit. When the commit fails,
 * every task is decided and committed alone, so that only the one at fault fails.
 */
export class Writer {
  readonly #options: WriterOptions;
  readonly #view: WorkingSet;
  readonly #orderPrefix: string;
  #heads: Heads = { position: 0, sequences: { live: 0, bulk: 0 }, orderNumber: 1 };
  #queue: Waiting[] = [];
  #running: Promise<void> | undefined;

  private constructor(options: WriterOptions) {
    this.#options = options;
    this.#view = new WorkingSet(options.store);
    this.#orderPrefix = orderNumberPrefix(options.identity);
  }

  static async open(options: WriterOptions): Promise<Writer> {
    const writer = new Writer(options);
    await writer.#readHeads();
    return writer;
  }

  /** The last position of the log. */
  get head(): number {
    return this.#heads.position;
  }

  /** The last sequence of each lane in this epoch. */
  get sequences(): Readonly<Record<Lane, number>> {
    return this.#heads.sequences;
  }

  /**
   * Queues a task; resolves once its outcome is durable.
   * @throws {EdgeError} what the decision or the store throws; `overloaded` when too much waits.
   */
  submit(task: Task): Promise<Committed> {
    if (this.#queue.length >= limits.commandsQueued) {
      return Promise.reject(
        new EdgeError('overloaded', `${limits.commandsQueued} commands wait already. Try again in a moment.`),
      );
    }
    return new Promise((resolve, reject) => {
      this.#queue.push({ task, resolve, reject });
      this.#running ??= this.#run();
    });
  }

  /** Runs work between two commits, with the position that the log has then. */
  async exclusive<T>(work: (head: number) => Promise<T>): Promise<T> {
    while (this.#running !== undefined) await this.#running;
    const result = work(this.#heads.position);
    this.#running = result.then(
      () => this.#resume(),
      () => this.#resume(),
    );
    return result;
  }

  /** Resolves when nothing waits. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  async #resume(): Promise<void> {
    if (this.#queue.length > 0) await this.#run();
    else this.#running = undefined;
  }

  async #run(): Promise<void> {
    // Lets every request that has arrived join the first group.
    await this.#options.ports.scheduler.yield();
    while (this.#queue.length > 0) {
      const group = this.#queue.slice(0, limits.commandsPerGroup);
      this.#queue = this.#queue.slice(group.length);
      const left = await this.#commitGroup(group).catch((error: unknown) => {
        for (const waiting of group) waiting.reject(error);
        return [];
      });
      this.#queue = [...left, ...this.#queue];
      await this.#options.ports.scheduler.yield();
    }
    this.#running = undefined;
  }

  /** Commits what it can of a group; returns the tasks that need states which only a commit makes loadable. */
  async #commitGroup(group: readonly Waiting[]): Promise<readonly Waiting[]> {
    const loaded = await this.#loadNeeds(group);
    if (loaded.length === 0) return [];
    const known = await loadRepeats(this.#options.store, loaded);
    const before = copyOf(this.#heads);
    const decided: Decided[] = [];
    let left: readonly Waiting[] = [];
    for (const [index, waiting] of loaded.entries()) {
      try {
        if (!this.#view.hasAll(waiting.task.needs(this.#view))) {
          left = loaded.slice(index);
          break;
        }
        const result = this.#decide(waiting, known);
        if (result !== undefined) decided.push(result);
      } catch (error) {
        // Half of its effects may lie in the view: start the others over without it.
        waiting.reject(error);
        this.#heads = before;
        this.#view.drop();
        return [...decided.map((one) => one.waiting), ...loaded.slice(index + 1)];
      }
    }
    if (left.length === loaded.length) throw new Error('A task needs states that cannot be loaded.');
    try {
      await this.#commit(decided, before.position);
    } catch (error) {
      this.#heads = before;
      this.#view.drop();
      await this.#recover(decided, error);
    }
    return left;
  }

  async #recover(decided: readonly Decided[], error: unknown): Promise<void> {
    if (concernsEveryone(error) || (decided.length === 1 && !isConflict(error))) {
      for (const one of decided) one.waiting.reject(error);
      return;
    }
    for (const one of decided) await this.#retry(one.waiting, isConflict(error));
  }

  /** Decides and commits one task alone; again on what is there now, while another process writes to the file too. */
  async #retry(waiting: Waiting, conflicted: boolean): Promise<void> {
    let outdated = conflicted;
    for (let attempt = 1; ; attempt += 1) {
      if (outdated) {
        this.#view.clear();
        await this.#readHeads();
      }
      const before = copyOf(this.#heads);
      try {
        if ((await this.#loadNeeds([waiting])).length === 0) return;
        const decided = this.#decide(waiting, await loadRepeats(this.#options.store, [waiting]));
        if (decided !== undefined) await this.#commit([decided], before.position);
        return;
      } catch (error) {
        this.#heads = before;
        this.#view.drop();
        outdated = isConflict(error);
        if (outdated && attempt < CONFLICT_TRIES) continue;
        waiting.reject(error);
        return;
      }
    }
  }

  /** Loads what the tasks need; returns the ones that could say what that is, and answers the others. */
  async #loadNeeds(group: readonly Waiting[]): Promise<readonly Waiting[]> {
    let able = group;
    // A need may depend on what an earlier one loads, so ask until nothing new comes.
    for (;;) {
      const missing: EntityKey[] = [];
      able = able.filter((waiting) => {
        try {
          missing.push(...this.#view.missing(waiting.task.needs(this.#view)));
          return true;
        } catch (error) {
          waiting.reject(error);
          return false;
        }
      });
      if (missing.length === 0) return able;
      await this.#view.load(missing);
    }
  }

  /** Decides one task, or answers it at once when it fails. */
  #decide(waiting: Waiting, known: Repeats): Decided | undefined {
    const { task } = waiting;
    const names = repeatNames(task);
    for (const name of names) {
      const earlier = known.get(name);
      if (earlier === undefined) continue;
      if (task.idempotency !== undefined && earlier.digest !== task.idempotency.digest) {
        waiting.reject(
          new EdgeError(
            'idempotency-conflict',
            'This Idempotency-Key was used for a request with another body. Make a new key for a new request.',
          ),
        );
        return undefined;
      }
      // Answered with the group: the first request may be in this very commit.
      return { waiting, rows: [], statements: [], repeatOf: { ...earlier.committed, repeated: true } };
    }
    const { ports, identity } = this.#options;
    const nowMs = ports.clock.nowMs();
    let orderNumber = this.#heads.orderNumber;
    const context: DecisionContext = {
      view: this.#view,
      dealerId: identity.dealerId,
      deviceId: identity.deviceId,
      locationId: identity.locationId,
      now: new Date(nowMs).toISOString(),
      nowMs,
      newId: () => ports.random.uuid(),
      nextOrderNumber: () => formatOrderNumber(this.#orderPrefix, orderNumber++),
    };
    let outcome: Outcome;
    try {
      outcome = task.decide(context);
    } catch (error) {
      waiting.reject(error);
      return undefined;
    }
    this.#heads.orderNumber = orderNumber;
    const rows = this.#place(outcome, task, nowMs);
    const committed = { events: rows.map((row) => row.event), repeated: false };
    for (const name of names) known.set(name, { digest: task.idempotency?.digest ?? '', committed });
    return { waiting, rows, statements: outcome.statements ?? [] };
  }

  /** Gives events their place in the log and lets them change the view. */
  #place(outcome: Outcome, task: Task, nowMs: number): LogRow[] {
    const { epoch } = this.#options.identity;
    return outcome.events.map((pending, index) => {
      this.#heads.position += 1;
      const lane = definitionOf(pending.type)?.lane ?? 'bulk';
      if (pending.own) this.#heads.sequences[lane] += 1;
      const event: LoggedEvent = {
        position: this.#heads.position,
        specversion: '1.0',
        id: pending.id,
        source: pending.source,
        type: pending.type,
        subject: pending.subject,
        time: pending.time,
        datacontenttype: 'application/json',
        dataschema: schemaUrn(pending.type, pending.version),
        dealerid: pending.dealerid,
        ...(pending.own ? { lane, epoch, sequence: this.#heads.sequences[lane] } : {}),
        correlationid: pending.correlationid,
        ...(pending.causationid === undefined ? {} : { causationid: pending.causationid }),
        ...(pending.traceparent === undefined ? {} : { traceparent: pending.traceparent }),
        data: pending.data,
      };
      // A payload of a version that is not known here yet is kept, and changes nothing.
      if (isKnownVersion(pending.type, pending.version)) {
        this.#view.apply({ type: pending.type, data: pending.applied ?? pending.data });
      }
      return {
        event,
        version: pending.version,
        dataText: pending.dataText,
        appliedText: pending.applied === undefined ? undefined : JSON.stringify(pending.applied),
        idempotencyKey: index === 0 ? task.idempotency?.key : undefined,
        requestDigest: index === 0 ? task.idempotency?.digest : undefined,
        recordedAtMs: nowMs,
      };
    });
  }

  async #commit(decided: readonly Decided[], after: number): Promise<void> {
    const rows = decided.flatMap((one) => one.rows);
    const statements = decided.flatMap((one) => one.statements);
    if (rows.length > 0 || statements.length > 0) {
      const types = new Set(rows.map((row) => row.event.type));
      await this.#options.store.batch(
        [
          ...(rows.length === 0 ? [] : [appendStatement(rows)]),
          ...statements,
          ...projectionStatements(this.#options.projections, types, after, after + rows.length),
        ],
        // Two processes on one file must not both give out a position.
        rows.length === 0 ? [] : [{ sql: HEAD_SQL, equals: after }],
      );
    }
    this.#view.keep();
    for (const one of decided) {
      one.waiting.resolve(one.repeatOf ?? { events: one.rows.map((row) => row.event), repeated: false });
    }
    if (rows.length > 0) this.#options.committed(rows.map((row) => row.event));
  }

  async #readHeads(): Promise<void> {
    const { store, identity } = this.#options;
    const heads = await readHeads(store, identity.epoch);
    this.#heads = { ...heads, orderNumber: await readNextOrderNumber(store, this.#orderPrefix) };
  }
}

function copyOf(heads: Heads): Heads {
  return { ...heads, sequences: { ...heads.sequences } };
}
