import { connect } from '@nats-io/transport-node';
import { createDownDeadLetters } from '../../sync/bridge/down-dead-letters.ts';
import { runDownPartition } from '../../sync/bridge/down-partition.ts';
import { Fenced } from '../../sync/bridge/kafka.ts';
import { connectKafka } from '../../sync/bridge/kafka-client/connect.ts';
import { transactionalId } from '../../sync/bridge/shards.ts';
import { catalogCodec } from './down-codec.ts';

/** One partition in a process of its own, which a fault point may end. */
export interface DownChild {
  readonly hub: string;
  readonly broker: string;
  readonly prefix: string;
  readonly type: string;
}

const { hub, broker, prefix, type } = JSON.parse(process.argv[2] ?? '{}') as DownChild;
const nc = await connect({ servers: hub, reconnect: false });
const kafka = await connectKafka({ brokers: [broker], clientId: 'down-child' });
const { codec } = catalogCodec();
/** The code of a process that another one has fenced. */
const FENCED = 3;

const work = runDownPartition(
  {
    nc,
    kafka,
    codec,
    prefix,
    topic: `${prefix}.${type}`,
    partition: 0,
    deadLetters: createDownDeadLetters({
      kafka,
      prefix,
      codec,
      transactionalId: transactionalId(prefix, 'down', 0),
      checkpointPartition: 0,
    }),
    report: { wrote: () => undefined, tookUpAgain: () => undefined },
    nowMs: Date.now,
    idleMs: 100,
  },
  new AbortController().signal,
);
await work.catch((error: unknown) => {
  if (error instanceof Fenced) process.exit(FENCED);
  throw error;
});
