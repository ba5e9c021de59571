import { EdgeError } from '../core/errors.ts';
import { digestProjection, type ProjectionDigest } from '../projections/digest.ts';
import { projections } from '../projections/list.ts';
import { rebuildStatements } from '../projections/projection.ts';
import type { Runtime } from '../runtime.ts';
import { type Migration, migrate } from '../store/migrate.ts';
import type { Row, Store } from '../store/store.ts';

export interface ReplayPoint {
  /** A place in the log. */
  readonly position?: number | undefined;
  /** When events were recorded here, RFC 3339. */
  readonly time?: string | undefined;
}

export interface ReplayRequest {
  /** The first event that counts; the start of the log unless given. */
  readonly from?: ReplayPoint | undefined;
  /** The last event that counts; the end of the log unless given. */
  readonly to?: ReplayPoint | undefined;
  /** `projections` derives the live read models again; `evaluation` derives them aside and reports what they would hold. */
  readonly into: 'projections' | 'evaluation';
  readonly projections?: readonly string[] | undefined;
  readonly dryRun: boolean;
}

export interface ReplayResult {
  readonly dryRun: boolean;
  readonly into: 'projections' | 'evaluation';
  readonly from: number;
  readonly to: number;
  readonly events: number;
  readonly byType: Readonly<Record<string, number>>;
  readonly projections: readonly (Partial<ProjectionDigest> & { readonly name: string; readonly same?: boolean })[];
  readonly milliseconds: number;
}

/** What an evaluation needs: an empty database of its own, and the schema. */
export interface ReplaySupport {
  openScratch(): Promise<Store>;
  readonly migrations: readonly Migration[];
}

/** Events that are copied at once into an evaluation. */
const PAGE_ROWS = 2_000;

/**
 * Runs a stretch of the log again.
 * @throws {EdgeError} `validation-failed` for an unknown read model, an empty stretch, or a part of the log into the
 *   live read models.
 */
export async function replay(
  runtime: Runtime,
  request: ReplayRequest,
  support: ReplaySupport,
  progress: (done: number, total: number) => void = () => undefined,
): Promise<ReplayResult> {
  const startedMs = runtime.ports.clock.nowMs();
  const names = request.projections ?? projections.map((projection) => projection.name);
  const chosen = runtime.projections(names);
  const head = runtime.head();
  const from = await positionOf(runtime, request.from, 1, 'first');
  const to = Math.min(head, await positionOf(runtime, request.to, head, 'last'));
  if (from > to) {
    throw new EdgeError(
      'validation-failed',
      `The stretch is empty: it starts at ${from} and ends at ${to} of ${head}.`,
    );
  }
  const whole = from <= 1 && to === head;
  if (request.into === 'projections' && !whole) {
    throw new EdgeError(
      'validation-failed',
      'Live read models depend on the whole log, so they are derived from all of it. Leave from and to out, or replay into evaluation.',
    );
  }
  const counts = await runtime.store.read({
    sql: 'SELECT type, count(*) AS count FROM events WHERE position BETWEEN ? AND ? GROUP BY type ORDER BY type',
    args: [from, to],
  });
  const byType = Object.fromEntries(counts.map((row) => [String(row.type), Number(row.count)]));
  const events = Object.values(byType).reduce((sum, count) => sum + count, 0);
  let results: ReplayResult['projections'] = names.map((name) => ({ name }));
  if (!request.dryRun && request.into === 'projections') {
    const before = await Promise.all(chosen.map((projection) => digestProjection(runtime.store, projection)));
    let done = 0;
    await runtime.rebuild(names, () => progress(done++, names.length));
    const after = await Promise.all(chosen.map((projection) => digestProjection(runtime.store, projection)));
    results = after.map((digest, index) => ({ ...digest, same: digest.sha256 === before[index]?.sha256 }));
  }
  if (!request.dryRun && request.into === 'evaluation') {
    const scratch = await support.openScratch();
    try {
      await migrate(scratch, support.migrations, startedMs);
      await copyStretch(runtime.store, scratch, from, to, progress);
      for (const projection of chosen) await scratch.batch(rebuildStatements(projection, to));
      const derived = await Promise.all(chosen.map((projection) => digestProjection(scratch, projection)));
      const live = whole
        ? await Promise.all(chosen.map((projection) => digestProjection(runtime.store, projection)))
        : [];
      results = derived.map((digest, index) => ({
        ...digest,
        ...(whole ? { same: digest.sha256 === live[index]?.sha256 } : {}),
      }));
    } finally {
      await scratch.close();
    }
  }
  const milliseconds = runtime.ports.clock.nowMs() - startedMs;
  return { dryRun: request.dryRun, into: request.into, from, to, events, byType, projections: results, milliseconds };
}

async function positionOf(
  runtime: Runtime,
  point: ReplayPoint | undefined,
  otherwise: number,
  end: 'first' | 'last',
): Promise<number> {
  if (point?.position !== undefined) return end === 'first' ? Math.max(1, point.position) : point.position;
  if (point?.time === undefined) return otherwise;
  const recordedMs = Date.parse(point.time);
  const [row] = await runtime.store.read({
    sql:
      end === 'first'
        ? 'SELECT min(position) AS position FROM events WHERE recorded_at_ms >= ?'
        : 'SELECT max(position) AS position FROM events WHERE recorded_at_ms <= ?',
    args: [recordedMs],
  });
  // Nothing on that side of the instant: an empty stretch.
  return row?.position == null ? (end === 'first' ? Number.MAX_SAFE_INTEGER : 0) : Number(row.position);
}

async function copyStretch(
  source: Store,
  target: Store,
  from: number,
  to: number,
  progress: (done: number, total: number) => void,
): Promise<void> {
  let after = from - 1;
  while (after < to) {
    const rows: readonly Row[] = await source.read({
      sql: 'SELECT * FROM events WHERE position > ? AND position <= ? ORDER BY position LIMIT ?',
      args: [after, to, PAGE_ROWS],
    });
    const [first] = rows;
    if (first === undefined) break;
    const columns = Object.keys(first);
    await target.batch([
      { insert: 'events', columns, rows: rows.map((row) => columns.map((column) => row[column] ?? null)) },
    ]);
    after = Number(rows.at(-1)?.position);
    progress(after - from + 1, to - from + 1);
  }
}
