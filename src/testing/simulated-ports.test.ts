import { expect, test } from 'vitest';
import { simulatedPorts } from './simulated-ports.ts';

test('time stands until it is moved, and timers run when they fall due', () => {
  const ports = simulatedPorts(1_000);
  const runs: number[] = [];
  const stop = ports.scheduler.every(100, () => runs.push(ports.clock.nowMs()));
  ports.advance(99);
  expect(runs).toEqual([]);
  ports.advance(201);
  expect(runs).toEqual([1_300, 1_300, 1_300]);
  stop();
  ports.advance(1_000);
  expect(runs).toHaveLength(3);
});

test('ids are UUIDv7, ascend and repeat with the same start', () => {
  const [first, again] = [simulatedPorts(5), simulatedPorts(5)];
  const ids = [first.random.uuid(), first.random.uuid()];
  expect(ids).toEqual([again.random.uuid(), again.random.uuid()]);
  expect([...ids].sort()).toEqual(ids);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});
