import { definitionOf } from '../events/catalog.ts';
import type { SqlStatement, Statement, Store } from '../store/store.ts';

/** One statement of a projection: what it does with a stretch of the log. */
export interface ProjectionStep {
  /** The event types that the step reads; it is left out when the stretch has none of them. */
  readonly types: readonly string[];
  /**
   * SQL with `?1` and `?2`: the stretch is the events with `?1 < position <= ?2`. The result for a stretch must
   * be the same however it is cut into pieces, because live events come in pieces and a rebuild in one.
   */
  readonly sql: string;
}

/** A read model: tables derived from the log by SQL, the same for a live commit and for a rebuild. */
export interface Projection {
  readonly name: string;
  /** Raise it when a step changes: the read model is then rebuilt at the next start. */
  readonly version: number;
  readonly tables: readonly string[];
  readonly steps: readonly ProjectionStep[];
}

/** The payload that projections read: as applied here, where that differs from what was logged. */
export const DATA = 'coalesce(e.applied, e.data)';

/** A scalar of the payload. */
export function field(path: string): string {
  return `${DATA} ->> '$.${path}'`;
}

/**
 * The `WHERE` that picks a step's events out of the stretch. Events of a version that this program does not know yet
 * are kept in the log and left alone until an update of the program rebuilds the read model.
 */
export function inStretch(type: string): string {
  return `${ofType(type)} AND e.position > ?1 AND e.position <= ?2`;
}

/** Events of a type, in a version that this program knows. */
export function ofType(type: string): string {
  return `e.type = '${type}' AND e.version <= ${versionOf(type)}`;
}

function versionOf(type: string): number {
  const definition = definitionOf(type);
  if (definition === undefined) throw new Error(`A projection reads ${type}, which the catalogue lacks.`);
  return definition.version;
}

/** The statements that bring the read models from one position to another. */
export function projectionStatements(
  projections: readonly Projection[],
  types: ReadonlySet<string>,
  after: number,
  upTo: number,
): SqlStatement[] {
  const statements: SqlStatement[] = [];
  for (const projection of projections) {
    for (const step of projection.steps) {
      if (step.types.some((type) => types.has(type))) statements.push({ sql: step.sql, args: [after, upTo] });
    }
  }
  return statements;
}

/** The statements that empty a read model and derive it again from the whole log. */
export function rebuildStatements(projection: Projection, upTo: number): Statement[] {
  return [
    ...projection.tables.map((table) => ({ sql: `DELETE FROM ${table}` })),
    ...projection.steps.map((step) => ({ sql: step.sql, args: [0, upTo] })),
    versionStatement(projection),
  ];
}

function versionStatement(projection: Projection): Statement {
  return {
    insert: 'meta',
    columns: ['key', 'value'],
    rows: [[`projection:${projection.name}`, signature(projection)]],
    onConflict: 'ON CONFLICT(key) DO UPDATE SET value = excluded.value',
  };
}

/** Changes with the projection and with the versions of the events that it reads. */
function signature(projection: Projection): string {
  const types = new Set(projection.steps.flatMap((step) => step.types));
  return `${projection.version}:${[...types].map((type) => `${type}/${versionOf(type)}`).join(',')}`;
}

/** The projections whose tables were written by another version, or never. */
export async function outdated(store: Store, projections: readonly Projection[]): Promise<Projection[]> {
  const rows = await store.read({ sql: "SELECT key, value FROM meta WHERE key LIKE 'projection:%'" });
  const versions = new Map(rows.map((row) => [String(row.key), String(row.value)]));
  return projections.filter((projection) => versions.get(`projection:${projection.name}`) !== signature(projection));
}
