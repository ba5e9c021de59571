import { setTimeout } from 'node:timers/promises';
import { EdgeError } from '../../../src/core/errors.ts';
import type { Incoming } from '../../../src/runtime/receive.ts';
import type { Runtime } from '../../../src/runtime.ts';
import { type Fact, IMPORT_SOURCE, ownSource, readByKeys } from './importer.ts';

/** Facts that are on their way at once: two full groups of the writer. */
const IN_FLIGHT = 512;

/** Next to a box that runs, waves are small and have gaps, in which its orders are decided and committed. */
const IN_FLIGHT_SHARED = 16;
const GAP_MS = 8;

/** How often a fact is tried when another process writes to the same database. */
const ATTEMPTS = 20;

/**
 * Logs the facts that the log does not have yet; returns how many those were. `isShared` says whether a box works on
 * the same database.
 */
export async function deliver(
  runtime: Runtime,
  facts: readonly Fact[],
  isShared: () => boolean = () => false,
): Promise<number> {
  const ids = facts.map((fact) => fact.id);
  const rows = await readByKeys(runtime, 'SELECT id FROM events WHERE id IN (SELECT value FROM json_each(?))', ids);
  const there = new Set(rows.map((row) => String(row.id)));
  const missing = facts.filter((fact) => !there.has(fact.id));
  for (let start = 0; start < missing.length; ) {
    const shared = isShared();
    const wave = missing.slice(start, start + (shared ? IN_FLIGHT_SHARED : IN_FLIGHT));
    const [first] = wave;
    // After a gap the box has most likely written: one fact alone finds out where the log ends, and costs least.
    if (shared && first !== undefined) await receive(runtime, incoming(first, IMPORT_SOURCE));
    await Promise.all(wave.slice(shared ? 1 : 0).map((fact) => receive(runtime, incoming(fact, IMPORT_SOURCE))));
    start += wave.length;
    if (shared) await setTimeout(GAP_MS);
  }
  return missing.length;
}

/** Logs an event about the import itself, as made by this box. */
export async function report(runtime: Runtime, fact: Fact): Promise<void> {
  await receive(runtime, incoming(fact, ownSource(runtime)));
}

async function receive(runtime: Runtime, event: Incoming): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const { admission } = await runtime.receive(event);
      if (!admission.ok) {
        throw new EdgeError('internal', `The import made an event that does not fit: ${admission.reason}`, {
          violations: admission.violations,
        });
      }
      return;
    } catch (error) {
      const mayPass = error instanceof EdgeError && (error.code === 'storage-changed' || error.extra.busy === true);
      if (!mayPass || attempt === ATTEMPTS) throw error;
      // Somebody else wrote in between; let them finish.
      await setTimeout(5 * attempt);
    }
  }
}

function incoming(fact: Fact, source: string): Incoming {
  const { id, type, time, data, history } = fact;
  return {
    attributes: { specversion: '1.0', id, source, type, time },
    data,
    raw: {
      // Only a refused event needs its bytes.
      get bytes() {
        return new TextEncoder().encode(JSON.stringify(data));
      },
      contentType: 'application/json',
      headers: {},
      gate: 'import',
    },
    history,
  };
}
