import { PRODUCTS, runtimeCapture } from './capture.ts';
import type { Benchmark } from './support/benchmark.ts';
import { alternate } from './support/compare.ts';
import { closeWhole, openDealer, placeOrders } from './support/dealer.ts';
import { eventLog } from './support/event-log.ts';

const CALLERS = 64;
const SMALL_LOG_EVENTS = 10_000;

/** Whether a box slows down as its log grows. */
export const insertRate: Benchmark = {
  name: 'insert-rate',
  about: `Orders of ${CALLERS} callers on a log of 1,000,000 events and on one of ${SMALL_LOG_EVENTS.toLocaleString('en')}.`,
  async run(context) {
    const large = await eventLog(context, context.largeLogEvents);
    const small = await eventLog(context, SMALL_LOG_EVENTS);
    return alternate(
      context,
      {
        label: 'large log',
        does: "runtime.execute('place-order') on the large log, which grows by some orders each round",
        async round() {
          const runtime = await openDealer(large);
          await placeOrders(runtime, CALLERS, PRODUCTS, 300);
          const rate = await placeOrders(runtime, CALLERS, PRODUCTS, context.roundMs);
          await closeWhole(runtime);
          return rate;
        },
      },
      [
        {
          name: 'insert-rate',
          unit: 'orders/s',
          target: { ratioMin: 0.85 },
          peer: {
            label: 'small log',
            does: 'the same on a fresh copy of the small log',
            round: () => runtimeCapture(small, CALLERS, context.roundMs, context),
          },
        },
      ],
    );
  },
};
