import {
  KafkaError,
  type KafkaRecord,
  type KafkaSettings,
  type TransactionalProducer,
} from '../../sync/bridge/kafka.ts';
import { connectKafka } from '../../sync/bridge/kafka-client/connect.ts';

/** The process that `kafka-process.ts` starts: does with a producer or a membership what it is told over IPC. */

/** A record's value as text: IPC carries JSON. */
export type TextRecord = Omit<KafkaRecord, 'value'> & { readonly value: string };

export type Order =
  | { readonly do: 'open'; readonly settings: KafkaSettings; readonly id: string; readonly timeoutMs?: number }
  | { readonly do: 'join'; readonly settings: KafkaSettings; readonly group: string; readonly topic: string }
  | { readonly do: 'begin' | 'commit' | 'abort' }
  | { readonly do: 'send'; readonly records: readonly TextRecord[] };

export interface Report {
  readonly number: number;
  readonly error?: { readonly name: string; readonly code: string; readonly message: string };
}

let producer: TransactionalProducer | undefined;

async function obey(order: Order): Promise<void> {
  if (order.do === 'open') {
    const kafka = await connectKafka(order.settings);
    producer = await kafka.producer(order.id, { transactionTimeoutMs: order.timeoutMs ?? 60_000 });
  } else if (order.do === 'join') {
    const kafka = await connectKafka(order.settings);
    const member = kafka.membership(order.group, order.topic, { sessionTimeoutMs: 6_000 });
    const joined = Promise.withResolvers<void>();
    const told = async () => joined.resolve();
    member.run(told, new AbortController().signal).catch(joined.reject);
    await joined.promise;
  } else if (order.do === 'send') {
    await producer?.send(order.records.map((record) => ({ ...record, value: Buffer.from(record.value) })));
  } else {
    await producer?.[order.do]();
  }
}

process.on('message', ({ number, order }: { number: number; order: Order }) => {
  const report = (answer: Report) => process.send?.(answer);
  obey(order).then(
    () => report({ number }),
    (error: Error) => {
      const code = error instanceof KafkaError ? error.code : 'unexpected';
      report({ number, error: { name: error.name, code, message: error.message } });
    },
  );
});
process.on('disconnect', () => process.exit(0));
