import type { Lane } from '../../src/core/event.ts';
import type { Store } from '../../src/store/store.ts';

/** An event made at the edge, as its log has it. */
export interface MadeEvent {
  readonly lane: Lane;
  readonly epoch: number;
  readonly sequence: number;
  readonly id: string;
  readonly dataText: string;
}

/** An event as the stream has it. */
export interface StoredEvent extends MadeEvent {
  readonly deviceId: string;
}

/** What is wrong between a log and the stream, counted. */
export interface Verdict {
  events: number;
  lost: number;
  duplicated: number;
  reordered: number;
  /** Another id or other bytes than the log has. */
  altered: number;
  /** Not made by this device, or not known to any of its logs. */
  foreign: number;
  readonly problems: string[];
}

/** The first problems are enough to see what went wrong. */
const PROBLEMS_MAX = 20;

/**
 * Compares what one device made with what the stream has of its dealer, in the stream's order. `archived` is what
 * lay on a disk that was lost: it may be in the stream, and need not.
 */
export function compareWithLog(
  deviceId: string,
  log: readonly MadeEvent[],
  stream: readonly StoredEvent[],
  archived: readonly MadeEvent[] = [],
): Verdict {
  const verdict: Verdict = { events: 0, lost: 0, duplicated: 0, reordered: 0, altered: 0, foreign: 0, problems: [] };
  const note = (kind: 'lost' | 'duplicated' | 'reordered' | 'altered' | 'foreign', what: string) => {
    verdict[kind] += 1;
    if (verdict.problems.length < PROBLEMS_MAX) verdict.problems.push(`${kind}: ${what}`);
  };
  const wanted = new Map(log.map((event) => [nameOf(event), event]));
  const known = new Map([...archived.map((event) => [nameOf(event), event] as const), ...wanted]);
  const seen = new Set<string>();
  const lastOfLane = new Map<Lane, { epoch: number; sequence: number }>();
  for (const event of stream) {
    verdict.events += 1;
    const name = nameOf(event);
    if (event.deviceId !== deviceId) {
      note('foreign', `${name} of ${event.deviceId}`);
      continue;
    }
    if (seen.has(name)) {
      note('duplicated', name);
      continue;
    }
    seen.add(name);
    const last = lastOfLane.get(event.lane);
    const follows =
      last === undefined || event.epoch > last.epoch
        ? event.sequence === 1
        : event.epoch === last.epoch && event.sequence === last.sequence + 1;
    if (!follows)
      note('reordered', `${name} after ${last === undefined ? 'nothing' : `${last.epoch}/${last.sequence}`}`);
    lastOfLane.set(event.lane, event);
    const made = known.get(name);
    if (made === undefined) note('foreign', `${name} (${event.id}) is in no log`);
    else if (made.id !== event.id || made.dataText !== event.dataText) note('altered', `${name} is ${event.id}`);
  }
  for (const name of wanted.keys()) if (!seen.has(name)) note('lost', name);
  return verdict;
}

/** Whether a verdict has nothing to say. */
export function isClean(verdict: Verdict): boolean {
  return verdict.lost + verdict.duplicated + verdict.reordered + verdict.altered + verdict.foreign === 0;
}

/** What a database made, in order. */
export async function eventsMadeIn(store: Store): Promise<MadeEvent[]> {
  const rows = await store.read({
    sql: 'SELECT lane, epoch, sequence, id, data FROM events WHERE sequence IS NOT NULL ORDER BY position',
  });
  return rows.map((row) => ({
    lane: row.lane as Lane,
    epoch: Number(row.epoch),
    sequence: Number(row.sequence),
    id: String(row.id),
    dataText: String(row.data),
  }));
}

function nameOf(event: Pick<MadeEvent, 'lane' | 'epoch' | 'sequence'>): string {
  return `${event.lane}/${event.epoch}/${event.sequence}`;
}

/** A table of text, for the end of a run. */
export function tableOf(head: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const cells = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, column) => Math.max(...cells.map((row) => (row[column] ?? '').length)));
  return cells
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}
