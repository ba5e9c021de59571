const WIDTH = 120;

/** JSON as the formatter of this repository lays it out, so that generated files pass its check. */
export function printJson(value: unknown): string {
  return `${print(value, 0, 0)}\n`;
}

/** `used` is how much of the line is taken, by indentation, key and the comma to come. */
function print(value: unknown, depth: number, used: number): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const inner = '  '.repeat(depth + 1);
  const close = '  '.repeat(depth);
  if (Array.isArray(value)) {
    if (value.length === 0) return '[]';
    const scalars = value.every((item) => typeof item !== 'object' || item === null);
    const line = `[${value.map((item) => JSON.stringify(item)).join(', ')}]`;
    if (scalars && used + line.length <= WIDTH) return line;
    const items = value.map((item) => inner + print(item, depth + 1, inner.length + 1));
    return `[\n${items.join(',\n')}\n${close}]`;
  }
  const entries = Object.entries(value).filter(([, member]) => member !== undefined);
  if (entries.length === 0) return '{}';
  const lines = entries.map(([name, member], index) => {
    const key = `${inner}${JSON.stringify(name)}: `;
    const comma = index < entries.length - 1 ? 1 : 0;
    return key + print(member, depth + 1, key.length + comma);
  });
  return `{\n${lines.join(',\n')}\n${close}}`;
}
