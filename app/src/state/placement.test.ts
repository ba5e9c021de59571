import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Order, Problem } from '../api/types.ts';
import type { Attempt } from './draft.ts';
import { editing, isLocked, nextPlacement, type Placement, type PlacementEvent, retryDelayMs } from './placement.ts';

const attempt = (key: string): Attempt => ({ key, body: { lines: [] }, madeAt: '2026-11-02T09:00:00.000Z' });
const order = { orderId: 'o-1' } as Order;
const problem: Problem = { type: 'urn:dealeriq:problem:invalid-order', title: '', status: 422, detail: 'no' };

const run = (...events: PlacementEvent[]): Placement => events.reduce(nextPlacement, editing);

test('a click sends, an answer places', () => {
  expect(run({ kind: 'place', attempt: attempt('a') }, { kind: 'answered', order })).toEqual({
    state: 'placed',
    order,
  });
});

test('a double click does not make a second attempt', () => {
  const now = run({ kind: 'place', attempt: attempt('a') }, { kind: 'place', attempt: attempt('b') });
  expect(now).toEqual({ state: 'sending', attempt: attempt('a'), tries: 1 });
});

test('without an answer the same key is sent again, also when the button is pressed', () => {
  const sent: PlacementEvent[] = [{ kind: 'place', attempt: attempt('a') }, { kind: 'no-answer' }];
  expect(run(...sent, { kind: 'retry' })).toEqual({ state: 'sending', attempt: attempt('a'), tries: 2 });
  expect(run(...sent, { kind: 'place', attempt: attempt('b') })).toEqual({
    state: 'sending',
    attempt: attempt('a'),
    tries: 2,
  });
});

test('a reload goes on with the attempt that was stored', () => {
  expect(run({ kind: 'resume', attempt: attempt('a') }, { kind: 'retry' })).toMatchObject({
    state: 'sending',
    attempt: { key: 'a' },
  });
});

test('a refusal gives the order back for editing, and the next click has a new key', () => {
  const refused = run({ kind: 'place', attempt: attempt('a') }, { kind: 'refused', problem });
  expect(refused).toEqual({ state: 'editing', problem });
  expect(nextPlacement(refused, { kind: 'place', attempt: attempt('b') })).toMatchObject({ attempt: { key: 'b' } });
});

test('a changed price asks for consent, which is a new attempt', () => {
  const asked = run({ kind: 'place', attempt: attempt('a') }, { kind: 'price-changed', problem });
  expect(asked.state).toBe('price-changed');
  expect(nextPlacement(asked, { kind: 'edit' })).toEqual(editing);
  expect(nextPlacement(asked, { kind: 'place', attempt: attempt('b') })).toMatchObject({
    state: 'sending',
    attempt: { key: 'b' },
  });
});

test('the order is locked while it may already be saved', () => {
  expect(isLocked(run({ kind: 'place', attempt: attempt('a') }))).toBe(true);
  expect(isLocked(run({ kind: 'place', attempt: attempt('a') }, { kind: 'no-answer' }))).toBe(true);
  expect(isLocked(editing)).toBe(false);
});

test('who wants to edit while a try is under way gets the order back when it brings no answer', () => {
  const stopping = run({ kind: 'place', attempt: attempt('a') }, { kind: 'edit' });
  expect(stopping.state).toBe('sending');
  expect(nextPlacement(stopping, { kind: 'no-answer' })).toEqual(editing);
  expect(nextPlacement(stopping, { kind: 'answered', order })).toEqual({ state: 'placed', order });
});

test('waits longer with each try, up to a limit', () => {
  expect([1, 2, 3, 4, 5, 50].map(retryDelayMs)).toEqual([1_000, 2_000, 4_000, 8_000, 15_000, 15_000]);
});

test('whatever happens, an open attempt keeps its key until an answer or the person ends it', () => {
  const kinds: PlacementEvent['kind'][] = ['place', 'resume', 'retry', 'no-answer', 'requoted', 'new-order'];
  fc.assert(
    fc.property(fc.array(fc.constantFrom(...kinds), { maxLength: 40 }), (events) => {
      let now = run({ kind: 'place', attempt: attempt('first') });
      events.forEach((kind, index) => {
        now = nextPlacement(now, { kind, attempt: attempt(`later-${index}`) } as PlacementEvent);
      });
      expect('attempt' in now && now.attempt.key).toBe('first');
    }),
  );
});
