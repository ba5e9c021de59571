import type { Runtime } from '../../../../src/runtime.ts';
import { LAST_BACKUP_KEY } from '../../backup/backup.ts';
import type { Config } from '../../config.ts';
import { withBox } from '../open-box.ts';
import type { Check } from './machine.ts';

const DAY_MS = 86_400_000;

/** A backup that is older is pointed out. */
const BACKUP_WARN_DAYS = 7;

/** How far the clock may be behind the last event: clocks are set back a little now and then. */
const CLOCK_TOLERANCE_MS = 60_000;

/** Nothing was recorded before this program existed: 2025-01-01. */
const CLOCK_FLOOR_MS = 1_735_689_600_000;

/** The log and what stands around it. */
export async function checkLog(config: Config): Promise<Check[]> {
  return withBox(async (runtime) => [
    await checkPositions(runtime),
    await checkSequences(runtime),
    await checkClock(runtime),
    await checkDealer(runtime, config),
    await checkDeadLetters(runtime),
    await checkBackup(runtime),
  ]);
}

async function checkPositions({ store }: Runtime): Promise<Check> {
  const [row] = await store.read({ sql: 'SELECT count(*) AS events, coalesce(max(position), 0) AS head FROM events' });
  const [events, head] = [Number(row?.events), Number(row?.head)];
  if (events === head) return { name: 'log', status: 'ok', detail: `${events} events, positions without a gap` };
  return {
    name: 'log',
    status: 'fail',
    detail: `${events} events, but the last position is ${head}: ${head - events} are missing`,
    fix: 'Events were removed by hand. Restore the last backup, and compare.',
  };
}

async function checkSequences({ store, identity }: Runtime): Promise<Check> {
  const rows = await store.read({
    sql: `SELECT lane, epoch, count(*) AS count, min(sequence) AS first, max(sequence) AS last
      FROM events WHERE sequence IS NOT NULL GROUP BY lane, epoch ORDER BY lane, epoch`,
  });
  const gaps = rows.filter((row) => row.first !== 1 || row.count !== row.last);
  if (gaps.length === 0) {
    const epochs = new Set(rows.map((row) => row.epoch)).size;
    return {
      name: 'sequences',
      status: 'ok',
      detail: `gap-free in ${rows.length} lanes of ${epochs} epochs; epoch ${identity.epoch} is current`,
    };
  }
  const where = gaps.map(
    (row) => `${row.lane} of epoch ${row.epoch} (${row.count} events, ${row.first} to ${row.last})`,
  );
  return {
    name: 'sequences',
    status: 'fail',
    detail: `gaps in ${where.join(', ')}`,
    fix: 'The centre would wait for what is missing. Restore the last backup, which starts a new epoch.',
  };
}

async function checkClock({ store, ports }: Runtime): Promise<Check> {
  const nowMs = ports.clock.nowMs();
  const [row] = await store.read({ sql: 'SELECT recorded_at_ms AS ms FROM events ORDER BY position DESC LIMIT 1' });
  const lastMs = Number(row?.ms ?? 0);
  const detail = `it is ${new Date(nowMs).toISOString()}`;
  if (nowMs >= CLOCK_FLOOR_MS && lastMs - nowMs <= CLOCK_TOLERANCE_MS) return { name: 'clock', status: 'ok', detail };
  const behind =
    nowMs < CLOCK_FLOOR_MS
      ? 'long before this program was made'
      : `before the last event, which was recorded at ${new Date(lastMs).toISOString()}`;
  return {
    name: 'clock',
    status: 'warn',
    detail: `${detail}, ${behind}`,
    fix: 'Set the clock and switch on NTP. The order of events does not depend on it, but dates and prices in force do.',
  };
}

async function checkDealer({ store }: Runtime, config: Config): Promise<Check> {
  const [row] = await store.read({
    sql: 'SELECT name, currency, price_list_id FROM dealers WHERE dealer_id = ?',
    args: [config.DEALER_ID],
  });
  if (row !== undefined) {
    return {
      name: 'dealer',
      status: 'ok',
      detail: `${config.DEALER_ID} ${row.name}, ${row.currency}, price list ${row.price_list_id}`,
    };
  }
  return {
    name: 'dealer',
    status: 'warn',
    detail: `${config.DEALER_ID} has no profile here, so nothing can be priced or ordered`,
    fix: 'Sync once, run `dealeriq init`, or check DEALER_ID.',
  };
}

async function checkDeadLetters({ store }: Runtime): Promise<Check> {
  const [row] = await store.read({ sql: "SELECT count(*) AS open FROM dead_letters WHERE status = 'open'" });
  const open = Number(row?.open);
  return open === 0
    ? { name: 'dead letters', status: 'ok', detail: 'none open' }
    : {
        name: 'dead letters',
        status: 'warn',
        detail: `${open} open`,
        fix: 'Look with `dealeriq dlq list`, then retry or discard each.',
      };
}

async function checkBackup({ store, ports }: Runtime): Promise<Check> {
  const [row] = await store.read({ sql: 'SELECT value FROM meta WHERE key = ?', args: [LAST_BACKUP_KEY] });
  const fix = 'Run `dealeriq backup --to FILE` on another disk, every day.';
  if (row === undefined) return { name: 'backup', status: 'warn', detail: 'none was made yet', fix };
  const { file, madeAt } = JSON.parse(String(row.value)) as { file: string; madeAt: string };
  const days = (ports.clock.nowMs() - Date.parse(madeAt)) / DAY_MS;
  const detail = `the last one is ${days.toFixed(1)} days old: ${file}`;
  return days <= BACKUP_WARN_DAYS
    ? { name: 'backup', status: 'ok', detail }
    : { name: 'backup', status: 'warn', detail, fix };
}
