import { expect, test } from 'vitest';
import { canCancel, timelineOf } from './timeline.ts';

const at = (hour: number) => `2026-11-02T0${hour}:00:00.000Z`;

test('a captured order has the usual steps still to come', () => {
  const steps = timelineOf({ status: 'captured', timeline: [{ step: 'captured', at: at(1) }] });
  expect(steps.map(({ step, at: time }) => [step, time !== undefined])).toEqual([
    ['captured', true],
    ['sent', false],
    ['accepted', false],
    ['paid', false],
    ['shipped', false],
  ]);
});

test('steps are in the order in which they happened, and skipped ones are not to come', () => {
  const steps = timelineOf({
    status: 'accepted',
    timeline: [
      { step: 'accepted', at: at(2), detail: 'As SO-1' },
      { step: 'captured', at: at(1) },
    ],
  });
  expect(steps.map(({ step }) => step)).toEqual(['captured', 'accepted', 'paid', 'shipped']);
});

test('nothing follows a cancellation or a rejection', () => {
  const timeline = [
    { step: 'captured', at: at(1) },
    { step: 'cancelled', at: at(2) },
  ] as const;
  expect(timelineOf({ status: 'cancelled', timeline: [...timeline] })).toHaveLength(2);
  expect(canCancel('cancelled')).toBe(false);
  expect(canCancel('captured')).toBe(true);
});
