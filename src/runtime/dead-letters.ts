import { EdgeError } from '../core/errors.ts';
import type { Runtime } from '../runtime.ts';
import { type Incoming, isRefused } from './receive.ts';

/**
 * Settles an open dead letter: applied after all (`retried`, with the event read from its bytes), or `discarded`.
 * @throws {EdgeError} `conflict` when it is settled already, `contract-violation` when it still does not fit.
 */
export async function resolveDeadLetter(
  runtime: Runtime,
  id: string,
  status: 'retried' | 'discarded',
  incoming?: Incoming,
): Promise<void> {
  const { store, ports } = runtime;
  const [row] = await store.read({ sql: 'SELECT status FROM dead_letters WHERE id = ?', args: [id] });
  if (row?.status !== 'open') {
    throw new EdgeError('conflict', `Dead letter ${id} is ${row?.status ?? 'gone'}; only open ones can be settled.`);
  }
  if (incoming !== undefined) {
    const refused = runtime.check(incoming);
    if (isRefused(refused)) {
      await store.batch([{ sql: 'UPDATE dead_letters SET attempts = attempts + 1 WHERE id = ?', args: [id] }]);
      throw new EdgeError('contract-violation', `It still does not fit: ${refused.reason}`, {
        violations: refused.violations,
        extra: { reasonCode: refused.reasonCode },
      });
    }
    // Logged first: should the box stop in between, a second retry finds it by its id and changes nothing.
    await runtime.receive(incoming);
  }
  await store.batch(
    [
      {
        sql: 'UPDATE dead_letters SET status = ?, resolved_at_ms = ?, attempts = attempts + ? WHERE id = ?',
        args: [status, ports.clock.nowMs(), incoming === undefined ? 0 : 1, id],
      },
    ],
    [{ sql: 'SELECT status FROM dead_letters WHERE id = ?', args: [id], equals: 'open' }],
  );
}
