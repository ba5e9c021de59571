import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type DateOrder, parseInstant } from './instant.ts';

const read = (text: string, timeZone = 'UTC', order: DateOrder = 'auto') => {
  const parsed = parseInstant(text, timeZone, order);
  return parsed.ok ? parsed.iso : parsed.code;
};

describe('dates', () => {
  test.each([
    ['2026-12-31', '2026-12-31T00:00:00.000Z'],
    ['2010-12-01 08:26', '2010-12-01T08:26:00.000Z'],
    ['2026-12-31T14:30:05.250Z', '2026-12-31T14:30:05.250Z'],
    ['2026-12-31T14:30:05+02:00', '2026-12-31T12:30:05.000Z'],
    ['2026-12-31 14:30:05 -0530', '2026-12-31T20:00:05.000Z'],
    ['31.12.2026', '2026-12-31T00:00:00.000Z'],
    ['1.2.2026 7:05', '2026-02-01T07:05:00.000Z'],
    ['31/12/2026', '2026-12-31T00:00:00.000Z'],
    ['12/31/2026 1:05 PM', '2026-12-31T13:05:00.000Z'],
    ['12/31/2026 12:05 am', '2026-12-31T00:05:00.000Z'],
    ['20261231', '2026-12-31T00:00:00.000Z'],
    ['2025-02-07 10:01:36.827', '2025-02-07T10:01:36.827Z'],
    ['01/02/2026', 'ambiguous-date'],
    ['2026-02-30', 'not-a-date'],
    ['2026-13-01', 'not-a-date'],
    ['2026-01-01 24:01', 'not-a-date'],
    ['2026-01-01 10:61', 'not-a-date'],
    ['yesterday', 'not-a-date'],
    ['45291', 'not-a-date'],
    ['', 'not-a-date'],
  ])('%s is %s', (text, expected) => {
    expect(read(text)).toBe(expected);
  });

  test('an order of day and month settles what is ambiguous', () => {
    expect(read('01/02/2026', 'UTC', 'dmy')).toBe('2026-02-01T00:00:00.000Z');
    expect(read('01/02/2026', 'UTC', 'mdy')).toBe('2026-01-02T00:00:00.000Z');
  });

  test('local time is that of its season', () => {
    expect(read('2026-01-15 12:00', 'Europe/Berlin')).toBe('2026-01-15T11:00:00.000Z');
    expect(read('2026-07-15 12:00', 'Europe/Berlin')).toBe('2026-07-15T10:00:00.000Z');
    expect(read('2026-07-15 12:00', 'America/St_Johns')).toBe('2026-07-15T14:30:00.000Z');
    expect(read('2026-03-29 03:30', 'Europe/Berlin')).toBe('2026-03-29T01:30:00.000Z');
    expect(read('2026-03-29 01:30', 'Europe/Berlin')).toBe('2026-03-29T00:30:00.000Z');
  });

  test('local times come back as they were written', () => {
    const zones = ['Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Pacific/Auckland'];
    const from = new Date('2009-01-01T00:00:00Z');
    const to = new Date('2030-01-01T00:00:00Z');
    fc.assert(
      fc.property(fc.date({ min: from, max: to, noInvalidDate: true }), fc.constantFrom(...zones), (date, timeZone) => {
        const parts = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
        const written = parts.format(date);
        const iso = read(written, timeZone);
        // Of the hour that clocks show twice, either one is right.
        expect(parts.format(new Date(iso))).toBe(written);
      }),
      { numRuns: 500 },
    );
  });
});
