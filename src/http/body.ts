import { EdgeError } from '../core/errors.ts';
import { limits } from '../core/limits.ts';

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: false });

/**
 * The bytes of a request's body, counted while they come in: `Content-Length` is believed only to refuse early.
 * @throws {EdgeError} `payload-too-large`.
 */
export async function readBytes(request: Request, bytesMax: number): Promise<Uint8Array> {
  const declared = Number(request.headers.get('content-length') ?? 0);
  if (declared > bytesMax) throw tooLarge(bytesMax);
  if (declared > 0) {
    // The server has checked the length already, so there is nothing to count.
    const whole = new Uint8Array(await whileConnected(request.arrayBuffer()));
    if (whole.length > bytesMax) throw tooLarge(bytesMax);
    return whole;
  }
  return request.body === null ? new Uint8Array() : readStream(request.body, bytesMax);
}

async function readStream(body: ReadableStream<Uint8Array>, bytesMax: number): Promise<Uint8Array> {
  const reader = body.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await whileConnected(reader.read());
    if (done) break;
    length += value.length;
    if (length > bytesMax) {
      await reader.cancel().catch(() => undefined);
      throw tooLarge(bytesMax);
    }
    chunks.push(value);
  }
  const whole = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  return whole;
}

/** A caller that goes away in the middle of its body is the caller's error, not ours. */
async function whileConnected<T>(reading: Promise<T>): Promise<T> {
  try {
    return await reading;
  } catch (error) {
    throw new EdgeError('invalid-request', 'The body ended before it was complete.', { cause: error });
  }
}

function tooLarge(bytesMax: number): EdgeError {
  return new EdgeError('payload-too-large', `The body is larger than ${bytesMax} bytes. Send it in parts.`);
}

/** The text of a body. @throws {EdgeError} `invalid-request` when it is not UTF-8. */
export function decodeText(bytes: Uint8Array): string {
  try {
    return decoder.decode(bytes);
  } catch (error) {
    throw new EdgeError('invalid-request', 'The body is not valid UTF-8.', { cause: error });
  }
}

/** Escapes of what cannot be stored as text: half a surrogate pair, and NUL. */
const SUSPICIOUS_ESCAPE = /\\u(?:[dD][89a-fA-F]|0000)/;

/**
 * The JSON value of a body.
 * @throws {EdgeError} `invalid-request` when it is none, nests too deep, or holds text that is not Unicode.
 */
export function parseJson(text: string): unknown {
  // Counted before parsing, so that a hostile body cannot exhaust the stack.
  if (nestsDeeper(text, limits.jsonDepth)) {
    throw new EdgeError('invalid-request', `The body nests deeper than ${limits.jsonDepth} levels.`);
  }
  const value = jsonOf(text);
  // I-JSON (RFC 7493) forbids half pairs, and libSQL aborts the process when it reads one. A text ends at a NUL there.
  if (SUSPICIOUS_ESCAPE.test(text) && !isStorable(value)) {
    throw new EdgeError(
      'invalid-request',
      'The body has a text with half a surrogate pair or a NUL character. Leave it out.',
    );
  }
  return value;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new EdgeError(
      'invalid-request',
      `The body is not JSON: ${error instanceof Error ? error.message : ''}`.trim(),
      {
        cause: error,
      },
    );
  }
}

/** Whether every text in a JSON value, names of members too, can be stored and read again. */
function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return value.isWellFormed() && !value.includes('\0');
  if (typeof value !== 'object' || value === null) return true;
  return Object.entries(value).every(([name, member]) => isStorable(name) && isStorable(member));
}

function nestsDeeper(text: string, depthMax: number): boolean {
  // Too short to nest that deep: nearly every body.
  if (text.length <= depthMax) return false;
  let depth = 0;
  let inString = false;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (inString) {
      if (code === 92) index += 1;
      else if (code === 34) inString = false;
    } else if (code === 34) inString = true;
    else if (code === 123 || code === 91) {
      depth += 1;
      if (depth > depthMax) return true;
    } else if (code === 125 || code === 93) depth -= 1;
  }
  return false;
}
