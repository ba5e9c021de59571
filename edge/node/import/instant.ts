/** Which of day and month comes first in a date like 01/02/2026. */
export type DateOrder = 'dmy' | 'mdy' | 'auto';

export type ParsedInstant =
  | { readonly ok: true; readonly iso: string }
  | { readonly ok: false; readonly code: string; readonly detail: string };

const TIME = String.raw`(?:[T\s,]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(am|pm)?\s*(Z|[+-]\d{2}:?\d{2})?)?`;
const YEAR_FIRST = new RegExp(`^(\\d{4})[-/.](\\d{1,2})[-/.](\\d{1,2})${TIME}$`, 'i');
const YEAR_LAST = new RegExp(`^(\\d{1,2})([-/.])(\\d{1,2})[-/.](\\d{4})${TIME}$`, 'i');
const COMPACT = /^(\d{4})(\d{2})(\d{2})$/;

/**
 * A date, with or without a time, as an instant in UTC. ISO 8601, 31.12.2026, 31/12/2026 and 20261231 are read;
 * what has no offset of its own is taken as local time of `timeZone`.
 */
export function parseInstant(text: string, timeZone: string, order: DateOrder): ParsedInstant {
  const trimmed = text.trim();
  let match = YEAR_FIRST.exec(trimmed) ?? COMPACT.exec(trimmed);
  let parts: [year: number, month: number, day: number] | undefined;
  let time: readonly (string | undefined)[] = [];
  if (match !== null) {
    parts = [Number(match[1]), Number(match[2]), Number(match[3])];
    time = match.slice(4);
  } else {
    match = YEAR_LAST.exec(trimmed);
    if (match !== null) {
      const [first, second] = [Number(match[1]), Number(match[3])];
      const dayFirst = isDayFirst(first, second, match[2], order);
      if (dayFirst === undefined) {
        return bad(
          'ambiguous-date',
          `"${text}" may be the ${first}. of month ${second} or the reverse; say --date-order dmy or mdy`,
        );
      }
      parts = dayFirst ? [Number(match[4]), second, first] : [Number(match[4]), first, second];
      time = match.slice(5);
    }
  }
  if (parts === undefined) {
    return bad('not-a-date', `"${text}" is no date; write it like 2026-12-31 or 2026-12-31 14:30`);
  }
  return toInstant(text, parts, time, timeZone);
}

/** Whether the platform knows a time zone. */
export function isTimeZone(name: string): boolean {
  try {
    zoneFormat(name);
    return true;
  } catch {
    return false;
  }
}

function isDayFirst(
  first: number,
  second: number,
  separator: string | undefined,
  order: DateOrder,
): boolean | undefined {
  if (order !== 'auto') return order === 'dmy';
  if (first > 12) return true;
  if (second > 12) return false;
  // Dates with dots are written day first wherever they are written.
  return separator === '.' || first === second ? true : undefined;
}

function toInstant(
  text: string,
  [year, month, day]: readonly [number, number, number],
  [hourText = '0', minute = '0', second = '0', fraction = '0', half, offset]: readonly (string | undefined)[],
  timeZone: string,
): ParsedInstant {
  let hour = Number(hourText);
  if (half !== undefined) hour = (hour % 12) + (half.toLowerCase() === 'pm' ? 12 : 0);
  const milliseconds = Number(fraction.padEnd(3, '0').slice(0, 3));
  const wallMs = Date.UTC(year, month - 1, day, hour, Number(minute), Number(second), milliseconds);
  const date = new Date(wallMs);
  const exists =
    date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hour < 24;
  if (!exists || Number(minute) > 59 || Number(second) > 59) {
    return bad('not-a-date', `"${text}" is no day or time of the calendar`);
  }
  return { ok: true, iso: new Date(wallMs - offsetMs(wallMs, offset, timeZone)).toISOString() };
}

function offsetMs(wallMs: number, offset: string | undefined, timeZone: string): number {
  if (offset !== undefined) {
    if (offset.toUpperCase() === 'Z') return 0;
    const [, sign, hours, minutes] = /([+-])(\d{2}):?(\d{2})/.exec(offset) ?? [];
    return (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
  }
  if (timeZone === 'UTC') return 0;
  // The offset of the instant that the guess names; asked twice because the guess may lie across a change of clocks.
  return zoneOffsetMs(wallMs - zoneOffsetMs(wallMs, timeZone), timeZone);
}

const formats = new Map<string, Intl.DateTimeFormat>();
const offsets = new Map<string, number>();

function zoneFormat(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' });
    formats.set(timeZone, format);
  }
  return format;
}

function zoneOffsetMs(atMs: number, timeZone: string): number {
  // Clocks change on a quarter of an hour everywhere, and formatting is slow.
  const key = `${timeZone} ${Math.floor(atMs / 900_000)}`;
  let offset = offsets.get(key);
  if (offset === undefined) {
    const name = zoneFormat(timeZone)
      .formatToParts(atMs)
      .find((part) => part.type === 'timeZoneName')?.value;
    const [, sign, hours = '0', minutes = '0'] = /([+-])(\d{2}):(\d{2})/.exec(name ?? '') ?? [];
    offset = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
    if (offsets.size > 50_000) offsets.clear();
    offsets.set(key, offset);
  }
  return offset;
}

function bad(code: string, detail: string): ParsedInstant {
  return { ok: false, code, detail };
}
