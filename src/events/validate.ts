import type { EventDefinition, Upcast } from '../core/define-event.ts';
import type { Violation } from '../core/errors.ts';
import { definitionOf } from './catalog.ts';

export type Validation =
  /** Fits. `data` is in the current version's shape, with members that this version does not know left in. */
  | { readonly outcome: 'ok'; readonly version: number; readonly data: unknown; readonly upcast: boolean }
  | { readonly outcome: 'invalid'; readonly violations: readonly Violation[] }
  | { readonly outcome: 'unknown-type' }
  /** Of a version that is not known here yet: keep and forward it, but do not apply it. */
  | { readonly outcome: 'newer'; readonly version: number; readonly current: number };

/** So that one hopeless payload cannot fill a log. */
const VIOLATIONS_MAX = 100;

/**
 * Checks a payload against the version of its type that it was written for. A payload of an older version is
 * turned into the current one, step by step, and checked then.
 */
export function validatePayload(type: string, version: number, data: unknown): Validation {
  const definition = definitionOf(type);
  return definition === undefined ? { outcome: 'unknown-type' } : validateAgainst(definition, version, data);
}

/** `validatePayload` for a definition at hand. */
export function validateAgainst(definition: EventDefinition, version: number, data: unknown): Validation {
  if (!Number.isInteger(version) || version < 1) {
    return invalid('version', `${version} is not a version of ${definition.type}`);
  }
  if (version > definition.version) return { outcome: 'newer', version, current: definition.version };
  let current = data;
  for (let step = version; step < definition.version; step += 1) {
    const upcast = definition.upcasts[step] as Upcast | undefined;
    if (upcast === undefined) return invalid('version', `version ${step} of ${definition.type} is no longer read`);
    try {
      current = upcast(current as never);
    } catch {
      // Upcasts are written for payloads that were valid; whatever makes one throw was not.
      return invalid('upcast', `does not fit version ${step} of ${definition.type}`);
    }
  }
  const parsed = definition.schema.safeParse(current);
  if (!parsed.success) return { outcome: 'invalid', violations: violationsOf(parsed.error.issues, current) };
  // The payload itself, not zod's copy: the copy lacks the members that a later minor version added.
  return { outcome: 'ok', version: definition.version, data: current, upcast: version < definition.version };
}

/** An RFC 6901 JSON Pointer. */
export function jsonPointer(path: readonly PropertyKey[]): string {
  return path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

interface Issue {
  readonly code: string;
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

function violationsOf(issues: readonly Issue[], data: unknown): readonly Violation[] {
  return issues.slice(0, VIOLATIONS_MAX).map((issue) => {
    const pointer = jsonPointer(issue.path);
    // Validators report an absent field as one of the wrong type or value; for people that is another thing.
    if (isAbsent(data, issue.path)) return { pointer, code: 'required', detail: 'is required' };
    return { pointer, code: issue.code.replaceAll('_', '-'), detail: issue.message };
  });
}

function isAbsent(data: unknown, path: readonly PropertyKey[]): boolean {
  let value = data;
  for (const part of path) value = (value as Record<PropertyKey, unknown> | null | undefined)?.[part];
  return value === undefined;
}

function invalid(code: string, detail: string): Validation {
  return { outcome: 'invalid', violations: [{ pointer: '', code, detail }] };
}
