import { jetstream } from '@nats-io/jetstream';
import { connect, headers } from '@nats-io/transport-node';
import { type OutboxRow, openOutbox } from './link-row-by-row.ts';

const IN_FLIGHT = 500;

/** Events a second of a publisher with many publishes on their way at once, and one durable commit for all of them. */
export async function pipelinedPublisher(folder: string, url: string, size: number): Promise<number> {
  const database = openOutbox(folder, size);
  const page = database.prepare(
    `SELECT number, id, subject, data FROM outbox WHERE sent_at IS NULL ORDER BY number LIMIT ${IN_FLIGHT}`,
  );
  const mark = database.prepare('UPDATE outbox SET sent_at = ? WHERE number BETWEEN ? AND ?');
  const nc = await connect({ servers: url });
  const js = jetstream(nc, { timeout: 30_000 });
  const start = performance.now();
  for (;;) {
    const rows = page.all() as OutboxRow[];
    const [first, last] = [rows[0], rows.at(-1)];
    if (first === undefined || last === undefined) break;
    await Promise.all(
      rows.map((row) => {
        const carried = headers();
        carried.set('ce-id', row.id);
        return js.publish(row.subject, row.data, { msgID: row.id, headers: carried });
      }),
    );
    mark.run(Date.now(), first.number, last.number);
  }
  const rate = (size / (performance.now() - start)) * 1_000;
  await nc.close();
  database.close();
  return rate;
}
