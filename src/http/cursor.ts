import { EdgeError } from '../core/errors.ts';

/** The place after the last row of a page, as an opaque text. */
export function encodeCursor(values: readonly (string | number)[]): string {
  const bytes = new TextEncoder().encode(JSON.stringify(values));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');
}

/** The values of a cursor, of which there must be as many. @throws {EdgeError} `invalid-request`. */
export function decodeCursor(cursor: string, length: number): (string | number)[] {
  try {
    const binary = atob(cursor.replaceAll('-', '+').replaceAll('_', '/'));
    const values: unknown = JSON.parse(new TextDecoder().decode(Uint8Array.from(binary, (char) => char.charCodeAt(0))));
    const sound = (value: unknown) => typeof value === 'string' || typeof value === 'number';
    if (Array.isArray(values) && values.length === length && values.every(sound)) return values;
  } catch {
    // Falls through to the one answer for every broken cursor.
  }
  throw new EdgeError('invalid-request', 'The cursor is not one that a page here gave out. Start from the first page.');
}
