import { EdgeError } from '../../../src/core/errors.ts';

/** One value of a payload that is to be another, by its JSON Pointer (RFC 6901). */
export interface JsonChange {
  readonly pointer: string;
  readonly value: unknown;
}

/**
 * A copy of a JSON value with some places changed. A member that is not there is added to its object, and `-` adds to
 * an array, as in JSON Patch (RFC 6902).
 * @throws {EdgeError} `validation-failed` when a pointer is none, or what it goes through is not there.
 */
export function withChanges(data: unknown, changes: readonly JsonChange[]): unknown {
  const copy = { root: structuredClone(data) };
  for (const { pointer, value } of changes) setAt(copy, pointer, value);
  return copy.root;
}

function setAt(holder: { root: unknown }, pointer: string, value: unknown): void {
  if (pointer !== '' && !pointer.startsWith('/')) throw wrong(pointer, 'it has to begin with a slash');
  const path = pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
  let at: unknown = holder;
  let name = 'root';
  for (const part of path) {
    at = memberOf(at, name);
    if (typeof at !== 'object' || at === null) throw wrong(pointer, `there is nothing to hold "${part}"`);
    name = part;
  }
  if (Array.isArray(at)) {
    const index = name === '-' ? at.length : Number(name);
    if (!Number.isInteger(index) || index < 0 || index > at.length) {
      throw wrong(pointer, `the list has ${at.length} items`);
    }
    at[index] = value;
    return;
  }
  // Not by assignment, for which `__proto__` is another thing.
  Object.defineProperty(at, name, { value, writable: true, enumerable: true, configurable: true });
}

function memberOf(at: unknown, name: string): unknown {
  return typeof at === 'object' && at !== null && Object.hasOwn(at, name)
    ? (at as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

function wrong(pointer: string, why: string): EdgeError {
  return new EdgeError('validation-failed', `"${pointer}" is no place in the payload: ${why}.`);
}
