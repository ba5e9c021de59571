/**
 * A small assembler for the WebAssembly text format, in its flat form: one module with imports of a memory and
 * exported functions, and the instructions that are named below. It exists so that scan.wat can be read and
 * changed without a toolchain. Encodings: WebAssembly 2.0, chapter "Binary Format".
 */

/** What follows an opcode, in the text and in the bytes. */
type Immediate = 'none' | 'local' | 'i32' | 'memory' | 'label' | 'lanes' | 'v128' | 'block';

interface Instruction {
  readonly opcode: readonly number[];
  readonly immediate: Immediate;
  /** log2 of the bytes that a load or store touches: the alignment that the text implies. */
  readonly align?: number;
}

/** The prefix of every vector instruction; its number follows as LEB128. */
const SIMD = 0xfd;

const INSTRUCTIONS: Readonly<Record<string, Instruction>> = {
  'loop': { opcode: [0x03], immediate: 'block' },
  'end': { opcode: [0x0b], immediate: 'none' },
  'br_if': { opcode: [0x0d], immediate: 'label' },
  'local.get': { opcode: [0x20], immediate: 'local' },
  'local.set': { opcode: [0x21], immediate: 'local' },
  'local.tee': { opcode: [0x22], immediate: 'local' },
  'i32.const': { opcode: [0x41], immediate: 'i32' },
  'i32.lt_u': { opcode: [0x49], immediate: 'none' },
  'i32.add': { opcode: [0x6a], immediate: 'none' },
  'i32.shl': { opcode: [0x74], immediate: 'none' },
  'v128.load': { opcode: [SIMD, 0x00], immediate: 'memory', align: 4 },
  'v128.load8x8_s': { opcode: [SIMD, 0x01], immediate: 'memory', align: 3 },
  'v128.store': { opcode: [SIMD, 0x0b], immediate: 'memory', align: 4 },
  'v128.const': { opcode: [SIMD, 0x0c], immediate: 'v128' },
  'i8x16.shuffle': { opcode: [SIMD, 0x0d], immediate: 'lanes' },
  'i32x4.add': { opcode: [SIMD, 0xae, 0x01], immediate: 'none' },
  'i32x4.dot_i16x8_s': { opcode: [SIMD, 0xba, 0x01], immediate: 'none' },
  'f32x4.mul': { opcode: [SIMD, 0xe6, 0x01], immediate: 'none' },
  'f32x4.convert_i32x4_s': { opcode: [SIMD, 0xfa, 0x01], immediate: 'none' },
};

const VALUE_TYPES: Readonly<Record<string, number>> = { i32: 0x7f, f32: 0x7d, v128: 0x7b };
const FUNCTION_TYPE = 0x60;
const EMPTY_BLOCK = 0x40;
const IMPORT_MEMORY = 0x02;
const EXPORT_FUNCTION = 0x00;
const SECTION = { type: 1, import: 2, function: 3, export: 7, code: 10 } as const;
const HEADER = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

type Expression = string | readonly Expression[];

/**
 * The binary module of a text module.
 * @throws {Error} that names the token where the text is not of the form that is known here
 */
export function assemble(text: string): Uint8Array<ArrayBuffer> {
  const module = parse(text);
  const fields = module.slice(1).map(list);
  const functions = fields.filter((field) => field[0] === 'func');
  const imports = fields.filter((field) => field[0] === 'import');
  const unknown = fields.find((field) => field[0] !== 'func' && field[0] !== 'import');
  if (module[0] !== 'module' || unknown !== undefined) throw new Error(`Not known here: ${unknown?.[0] ?? module[0]}`);
  const parts = functions.map(assembleFunction);
  return Uint8Array.from([
    ...HEADER,
    ...section(
      SECTION.type,
      parts.map(({ type }) => type),
    ),
    ...section(SECTION.import, imports.map(importMemory)),
    ...section(
      SECTION.function,
      parts.map((_, index) => unsigned(index)),
    ),
    ...section(
      SECTION.export,
      parts.map(({ name }, index) => [...utf8(name), EXPORT_FUNCTION, ...unsigned(index)]),
    ),
    ...section(
      SECTION.code,
      parts.map(({ body }) => [...unsigned(body.length), ...body]),
    ),
  ]);
}

/** (import "index" "memory" (memory 1)) */
function importMemory(field: readonly Expression[]): number[] {
  const memory = list(field[3]);
  if (memory[0] !== 'memory') throw new Error('Only a memory can be imported');
  const noMaximum = 0x00;
  return [
    ...utf8(quoted(field[1])),
    ...utf8(quoted(field[2])),
    IMPORT_MEMORY,
    noMaximum,
    ...unsigned(whole(memory[1])),
  ];
}

function assembleFunction(field: readonly Expression[]): { name: string; type: number[]; body: number[] } {
  const declared = field.filter((part) => typeof part !== 'string').map(list);
  const named = (kind: string) => declared.filter((part) => part[0] === kind);
  const params = named('param');
  const locals = named('local');
  const types = (parts: readonly (readonly Expression[])[]) => parts.map((part) => valueType(word(part[2])));
  const indexes = new Map([...params, ...locals].map((part, index) => [word(part[1]), index]));
  const code = assembleCode(
    field.slice(1).filter((part) => typeof part === 'string'),
    indexes,
  );
  return {
    name: quoted(named('export')[0]?.[1]),
    type: [FUNCTION_TYPE, ...vector(types(params).map((type) => [type])), ...vector([])],
    body: [...vector(runs(types(locals)).map(({ type, count }) => [...unsigned(count), type])), ...code, 0x0b],
  };
}

/** Locals are written as runs of one type. */
function runs(types: readonly number[]): { type: number; count: number }[] {
  const found: { type: number; count: number }[] = [];
  for (const type of types) {
    const last = found.at(-1);
    if (last?.type === type) last.count += 1;
    else found.push({ type, count: 1 });
  }
  return found;
}

function assembleCode(tokens: readonly string[], locals: ReadonlyMap<string, number>): number[] {
  const bytes: number[] = [];
  /** The labels of the blocks that are open, innermost last. */
  const labels: string[] = [];
  let at = 0;
  const next = () => word(tokens[at++]);
  while (at < tokens.length) {
    const name = next();
    const instruction = INSTRUCTIONS[name];
    if (instruction === undefined) throw new Error(`No such instruction here: ${name}`);
    bytes.push(...instruction.opcode);
    switch (instruction.immediate) {
      case 'block':
        labels.push(next());
        bytes.push(EMPTY_BLOCK);
        break;
      case 'label': {
        const label = next();
        if (!labels.includes(label)) throw new Error(`No open block: ${label}`);
        bytes.push(...unsigned(labels.length - 1 - labels.lastIndexOf(label)));
        break;
      }
      case 'local': {
        const local = next();
        const index = locals.get(local);
        if (index === undefined) throw new Error(`No such local: ${local}`);
        bytes.push(...unsigned(index));
        break;
      }
      case 'i32':
        bytes.push(...signed(whole(next())));
        break;
      case 'memory': {
        const offset = tokens[at]?.startsWith('offset=') ? whole(next().slice('offset='.length)) : 0;
        bytes.push(...unsigned(instruction.align ?? 0), ...unsigned(offset));
        break;
      }
      case 'lanes':
        for (let lane = 0; lane < 16; lane += 1) bytes.push(whole(next()));
        break;
      case 'v128': {
        if (next() !== 'i32x4') throw new Error('v128.const is known as i32x4 only');
        const lanes = Int32Array.from({ length: 4 }, () => whole(next()));
        bytes.push(...new Uint8Array(lanes.buffer));
        break;
      }
      case 'none':
        if (name === 'end' && labels.pop() === undefined) throw new Error('An end without a block');
    }
  }
  if (labels.length > 0) throw new Error(`No end of ${labels.join(', ')}`);
  return bytes;
}

/** The one expression that the text holds, comments left out. */
function parse(text: string): readonly Expression[] {
  const tokens = text.replace(/;;[^\n]*/g, '').match(/[()]|"[^"]*"|[^\s()"]+/g) ?? [];
  const open: Expression[][] = [[]];
  for (const token of tokens) {
    const inner = open.at(-1);
    if (token === '(') {
      open.push([]);
    } else if (token === ')') {
      open.pop();
      open.at(-1)?.push(inner ?? []);
    } else {
      inner?.push(token);
    }
  }
  const [top] = open;
  if (open.length !== 1 || top?.length !== 1) throw new Error('The brackets do not match');
  return list(top[0]);
}

function list(expression: Expression | undefined): readonly Expression[] {
  if (expression === undefined || typeof expression === 'string') throw new Error(`Not in brackets: ${expression}`);
  return expression;
}

function word(expression: Expression | undefined): string {
  if (typeof expression !== 'string') throw new Error(`A word is missing${expression ? ` at ${expression}` : ''}`);
  return expression;
}

function quoted(expression: Expression | undefined): string {
  const text = word(expression);
  if (!/^".*"$/.test(text)) throw new Error(`Not quoted: ${text}`);
  return text.slice(1, -1);
}

function whole(expression: Expression | undefined): number {
  const text = word(expression);
  if (!/^-?\d+$/.test(text)) throw new Error(`Not a whole number: ${text}`);
  return Number(text);
}

function valueType(name: string): number {
  const type = VALUE_TYPES[name];
  if (type === undefined) throw new Error(`No such type here: ${name}`);
  return type;
}

/** LEB128 of a number that is not negative. */
function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

/** Signed LEB128 of 32 bits. */
function signed(value: number): number[] {
  const low = value & 0x7f;
  const rest = value >> 7;
  const last = (rest === 0 && (low & 0x40) === 0) || (rest === -1 && (low & 0x40) !== 0);
  return last ? [low] : [low | 0x80, ...signed(rest)];
}

function vector(items: readonly (readonly number[])[]): number[] {
  return [...unsigned(items.length), ...items.flat()];
}

function section(id: number, items: readonly (readonly number[])[]): number[] {
  const content = vector(items);
  return [id, ...unsigned(content.length), ...content];
}

function utf8(text: string): number[] {
  const bytes = new TextEncoder().encode(text);
  return [...unsigned(bytes.length), ...bytes];
}
