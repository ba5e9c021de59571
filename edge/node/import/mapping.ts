import { EdgeError } from '../../../src/core/errors.ts';
import { type DatasetName, datasetFields, type FieldSpec } from './fields.ts';

/** Which column each field is read from. */
export interface Mapping {
  readonly columns: readonly string[];
  /** Field to the place of its column. */
  readonly places: ReadonlyMap<string, number>;
  /** Values for fields that have no column, or an empty cell. */
  readonly defaults: Readonly<Record<string, string>>;
  /** Further columns of a product, by the name of the attribute. */
  readonly attributes: ReadonlyMap<string, number>;
  /** Columns that nothing is read from. */
  readonly unused: readonly string[];
}

/** Fields named `attribute.<name>` become attributes of a product. */
const ATTRIBUTE = 'attribute.';

/**
 * Maps a file's columns to a dataset's fields: as told, and for the rest by the names in the header.
 * @throws {EdgeError} `import-failed` naming what is missing and what the file has.
 */
export function resolveMapping(
  dataset: DatasetName,
  columns: readonly string[],
  told: Readonly<Record<string, string>>,
  defaults: Readonly<Record<string, string>>,
): Mapping {
  const fields: readonly FieldSpec[] = datasetFields[dataset];
  for (const name of [...Object.keys(told), ...Object.keys(defaults)]) {
    if (fields.some((field) => field.name === name)) continue;
    if (dataset === 'products' && name.startsWith(ATTRIBUTE) && name.length > ATTRIBUTE.length) continue;
    throw new EdgeError(
      'import-failed',
      `${dataset} have no field "${name}". Fields: ${fields.map((field) => field.name).join(', ')}${dataset === 'products' ? ', attribute.<name>' : ''}.`,
    );
  }
  const places = new Map<string, number>();
  const attributes = new Map<string, number>();
  const taken = new Set<number>();
  for (const [name, column] of Object.entries(told)) {
    const place = placeOf(columns, column);
    if (name.startsWith(ATTRIBUTE)) attributes.set(name.slice(ATTRIBUTE.length), place);
    else places.set(name, place);
    taken.add(place);
  }
  for (const field of fields) {
    if (places.has(field.name)) continue;
    const place = field.aliases
      .map((alias) => columns.findIndex((column, index) => !taken.has(index) && simplified(column) === alias))
      .find((index) => index >= 0);
    if (place === undefined) continue;
    places.set(field.name, place);
    taken.add(place);
  }
  const missing = fields.filter((field) => field.required && !places.has(field.name) && !(field.name in defaults));
  if (missing.length > 0) {
    const names = missing.map((field) => field.name);
    throw new EdgeError(
      'import-failed',
      `No column for ${names.join(', ')}. The file has: ${columns.join(', ')}. Say which one it is: --map ${names.map((name) => `${name}=COLUMN`).join(',')}.`,
    );
  }
  const unused = columns.filter((_, index) => !taken.has(index));
  return { columns, places, defaults, attributes, unused };
}

/** Reads `a=b,c=d`; a comma within a value is written `\,`. */
export function parsePairs(text: string | undefined, option: string): Record<string, string> {
  const pairs: Record<string, string> = {};
  for (const part of text?.split(/(?<!\\),/) ?? []) {
    const [, name, value] = /^\s*([^=]+?)\s*=(.*)$/.exec(part.replaceAll('\\,', ',')) ?? [];
    if (name === undefined || value === undefined) {
      throw new EdgeError('import-failed', `--${option} takes field=value pairs with commas between, not "${part}".`);
    }
    pairs[name] = value.trim();
  }
  return pairs;
}

function placeOf(columns: readonly string[], column: string): number {
  const place = /^#\d+$/.test(column)
    ? Number(column.slice(1)) - 1
    : Math.max(
        columns.indexOf(column),
        columns.findIndex((one) => simplified(one) === simplified(column)),
      );
  if (place < 0 || place >= columns.length) {
    throw new EdgeError('import-failed', `The file has no column "${column}". It has: ${columns.join(', ')}.`);
  }
  return place;
}

/** A header without case, blanks and signs, so that `Unit Price` and `unit_price` are the same. */
function simplified(name: string): string {
  return name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, '');
}
