import { AckPolicy, type JsMsg, jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import { readAttributes } from '../../sync/jetstream/cloud-event-headers.ts';
import { DOWN } from '../../sync/jetstream/streams.ts';
import { openDealer } from '../support/dealer.ts';

const NAME = 'bench-one-by-one';

/**
 * Deliveries a second of a receiver that applies each message with a commit of its own and acknowledges it.
 * `next` asks for each message; `consume` has the client fetch ahead.
 */
export async function oneByOne(dataDir: string, url: string, how: 'next' | 'consume', ms: number): Promise<number> {
  const runtime = await openDealer(dataDir);
  const nc = await connect({ servers: url });
  const jsm = await jetstreamManager(nc);
  await jsm.consumers.delete(DOWN, NAME).catch(() => false);
  await jsm.consumers.add(DOWN, { durable_name: NAME, ack_policy: AckPolicy.Explicit });
  const consumer = await jetstream(nc).consumers.get(DOWN, NAME);
  const apply = async (message: JsMsg) => {
    const { attributes, headers } = readAttributes(message.headers);
    const { admission } = await runtime.receive({
      attributes,
      data: message.json(),
      raw: { bytes: message.data, contentType: 'application/json', headers, gate: 'inbound' },
      delivery: { stream: DOWN, sequence: message.seq },
    });
    if (!admission.ok) throw new Error(`A delivery was refused: ${admission.reason}`);
    message.ack();
  };
  let applied = 0;
  const start = performance.now();
  if (how === 'next') {
    while (performance.now() - start < ms) {
      const message = await consumer.next({ expires: 1_000 });
      if (message === null) break;
      await apply(message);
      applied += 1;
    }
  } else {
    for await (const message of await consumer.consume()) {
      await apply(message);
      applied += 1;
      if (performance.now() - start >= ms || message.info.pending === 0) break;
    }
  }
  const rate = (applied / (performance.now() - start)) * 1_000;
  await nc.close();
  await runtime.close();
  return rate;
}
