import { expect, test } from 'vitest';
import { createSignal } from './signal.ts';

const never = new AbortController().signal;
const LONG_MS = 60_000;

test('a change before the sleep ends it at once', async () => {
  const signal = createSignal();
  const seen = signal.version();
  signal.raise();
  await signal.changed(seen, LONG_MS, never);
});

test('a change wakes everybody who sleeps, once', async () => {
  const signal = createSignal();
  const seen = signal.version();
  const woken: number[] = [];
  const sleepers = [1, 2, 3].map((one) => signal.changed(seen, LONG_MS, never).then(() => woken.push(one)));
  signal.raise();
  signal.raise();
  await Promise.all(sleepers);
  expect(woken).toEqual([1, 2, 3]);
});

test('no change is missed, whenever it comes', async () => {
  const signal = createSignal();
  let made = 0;
  let seen = 0;
  const loop = (async () => {
    while (seen < 2_000) {
      const version = signal.version();
      seen = made;
      if (seen < 2_000) await signal.changed(version, LONG_MS, never);
    }
  })();
  for (made = 1; made <= 2_000; made += 1) {
    signal.raise();
    // In the same turn, in the next microtask, in the next turn.
    if (made % 3 === 0) await Promise.resolve();
    if (made % 7 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  made = 2_000;
  signal.raise();
  await loop;
  expect(seen).toBe(2_000);
});

test('an abort and the time end the sleep', async () => {
  const signal = createSignal();
  const abort = new AbortController();
  const sleep = signal.changed(signal.version(), LONG_MS, abort.signal);
  abort.abort();
  await sleep;
  await signal.changed(signal.version(), LONG_MS, abort.signal);
  await signal.changed(signal.version(), 1, never);
});
