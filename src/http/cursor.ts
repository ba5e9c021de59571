import { EdgeError } from '../core/errors.ts';

/** The place after the last row of a page, as an opaque text. */
export function encodeCursor(values: readonly (string | number)[]): string {
  const bytes = new TextEncoder().encode(JSON.stringify(values));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

type Part = 'text' | 'count';
type Values<Parts extends readonly Part[]> = {
  -readonly [Index in keyof Parts]: Parts[Index] extends 'text' ? string : number;
};

/** The values of a cursor, which must be of these kinds. @throws {EdgeError} `invalid-request`. */
export function decodeCursor<const Parts extends readonly Part[]>(cursor: string, parts: Parts): Values<Parts> {
  try {
    const binary = atob(cursor.replaceAll('-', '+').replaceAll('_', '/'));
    const values: unknown = JSON.parse(new TextDecoder().decode(Uint8Array.from(binary, (char) => char.charCodeAt(0))));
    if (Array.isArray(values) && values.length === parts.length && parts.every((part, at) => fits(part, values[at]))) {
      return values as Values<Parts>;
    }
  } catch {
    // Falls through to the one answer for every broken cursor.
  }
  throw new EdgeError('invalid-request', 'The cursor is not one that a page here gave out. Start from the first page.');
}

function fits(part: Part, value: unknown): boolean {
  return part === 'text' ? typeof value === 'string' : Number.isSafeInteger(value) && (value as number) >= 0;
}
