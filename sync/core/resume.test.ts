import { describe, expect, test } from 'vitest';
import { type ResumeInput, resume, takeOverToken } from './resume.ts';

const place = (epoch: number, sequence: number) => ({ epoch, sequence });
const stored = (epoch: number, sequence: number, more: { deviceId?: string; eventId?: string } = {}) => ({
  deviceId: 'B1',
  eventId: `e-${epoch}-${sequence}`,
  hubSequence: 77,
  ...place(epoch, sequence),
  ...more,
});
const at = (input: Partial<ResumeInput>) =>
  resume({
    deviceId: 'B1',
    epoch: 10,
    last: place(10, 50),
    stored: undefined,
    localId: undefined,
    receipt: undefined,
    acked: undefined,
    ...input,
  });
const sendAfter = (epoch: number, sequence: number, hubSequence: number) =>
  expect.objectContaining({ kind: 'send', after: place(epoch, sequence), hubSequence });
const refusal = (reason: RegExp) => ({ kind: 'refuse', reason: expect.stringMatching(reason) });

describe('a lane goes on', () => {
  test('from the beginning with an empty hub, also when its own cursor says that all was sent', () => {
    expect(at({})).toEqual(sendAfter(0, 0, 0));
    expect(at({ acked: place(10, 50) })).toEqual(sendAfter(0, 0, 0));
  });

  test('after what the hub has', () => {
    expect(at({ stored: stored(10, 20), localId: 'e-10-20' })).toEqual(sendAfter(10, 20, 77));
    expect(at({ stored: stored(10, 50), localId: 'e-10-50' })).toEqual(sendAfter(10, 50, 77));
  });

  test('after the receipt when the hub lost its stream or was rolled back behind it', () => {
    expect(at({ receipt: place(10, 30) })).toEqual(sendAfter(10, 30, 0));
    expect(at({ receipt: place(10, 30), stored: stored(10, 20), localId: 'e-10-20' })).toEqual(sendAfter(10, 30, 77));
  });

  test('after what the hub has when the receipt lies before it', () => {
    expect(at({ receipt: place(10, 10), stored: stored(10, 20), localId: 'e-10-20' })).toEqual(sendAfter(10, 20, 77));
  });

  test('with what an earlier epoch left unsent, after a restore', () => {
    expect(at({ epoch: 11, stored: stored(10, 20), localId: 'e-10-20' })).toEqual(sendAfter(10, 20, 77));
  });

  test('after the earlier epoch when the backup is older than what the centre has of it', () => {
    expect(at({ epoch: 11, stored: stored(10, 80) })).toEqual(sendAfter(10, 80, 77));
    expect(at({ epoch: 11, receipt: place(10, 80) })).toEqual(sendAfter(10, 80, 0));
  });
});

describe('a lane stands still', () => {
  test('when another device writes', () => {
    expect(at({ stored: stored(10, 20, { deviceId: 'B2' }) })).toEqual(refusal(/another device.*B2/i));
  });

  test('when its own name is used by a device that began later', () => {
    expect(at({ stored: stored(11, 1) })).toEqual(refusal(/began later/));
    expect(at({ receipt: place(11, 1) })).toEqual(refusal(/began later/));
  });

  test('when the log ends before what the hub or the centre has: an old copy', () => {
    expect(at({ stored: stored(10, 51) })).toEqual(refusal(/event 51 .* ends at 50: .* old copy/));
    expect(at({ receipt: place(10, 51) })).toEqual(refusal(/old copy/));
    expect(at({ receipt: place(10, 51), stored: stored(10, 20), localId: 'e-10-20' })).toEqual(refusal(/old copy/));
    expect(at({ last: place(9, 70), stored: stored(10, 1) })).toEqual(refusal(/ends at 0/));
  });

  test('when the event in the hub is not the one that has this place here: a copy that went its own way', () => {
    expect(at({ stored: stored(10, 20), localId: 'another' })).toEqual(refusal(/its own way/));
    expect(at({ epoch: 11, stored: stored(10, 20), localId: 'another' })).toEqual(refusal(/its own way/));
  });
});

describe('a device that takes over', () => {
  const other = stored(9, 400, { deviceId: 'B2' });

  test('sends everything it has after the other device', () => {
    expect(at({ stored: other, takeOver: takeOverToken(other) })).toEqual(sendAfter(0, 0, 77));
  });

  test('does not send again what it sent before the other device wrote', () => {
    const takeOver = takeOverToken(other);
    expect(at({ stored: other, takeOver, acked: place(10, 40) })).toEqual(sendAfter(10, 40, 77));
    expect(at({ stored: other, takeOver, acked: place(10, 40), receipt: place(10, 45) })).toEqual(
      sendAfter(10, 45, 77),
    );
  });

  test('may not follow a device or an epoch that the operator did not name', () => {
    expect(at({ stored: other, takeOver: 'B2/8' })).toEqual(refusal(/another device/i));
    expect(at({ stored: other, takeOver: 'B3/9' })).toEqual(refusal(/another device/i));
  });
});
