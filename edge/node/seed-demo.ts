import type { Runtime } from '../../src/runtime.ts';
import { demoEvents } from '../demo/demo-data.ts';

/** Events that are on their way at once. */
const IN_FLIGHT = 512;

/**
 * Fills an empty log with the demo dealer: a catalogue, prices, stock and 18 months of orders. A log that holds
 * anything is left alone. Returns how many events were logged.
 */
export async function seedDemo(runtime: Runtime, progress: (done: number) => void = () => undefined): Promise<number> {
  if (runtime.head() > 0) return 0;
  const encoder = new TextEncoder();
  let done = 0;
  let wave: Promise<unknown>[] = [];
  const settle = async () => {
    await Promise.all(wave);
    done += wave.length;
    wave = [];
    progress(done);
  };
  for (const { id, fact, time, source } of demoEvents({
    nowMs: runtime.ports.clock.nowMs(),
    dealerId: runtime.identity.dealerId,
  })) {
    const attributes = { specversion: '1.0', id, source, type: fact.type, time };
    const receive = async () => {
      const { admission } = await runtime.receive({
        attributes,
        data: fact.data,
        raw: {
          bytes: encoder.encode(JSON.stringify(fact.data)),
          contentType: 'application/json',
          headers: {},
          gate: 'import',
        },
        history: true,
      });
      if (!admission.ok) throw new Error(`The demo has a bad ${fact.type}: ${admission.reason}`);
    };
    wave.push(receive());
    if (wave.length === IN_FLIGHT) await settle();
  }
  await settle();
  return done;
}
