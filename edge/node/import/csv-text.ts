import { createReadStream, existsSync } from 'node:fs';
import { createGunzip } from 'node:zlib';
import { EdgeError } from '../../../src/core/errors.ts';

/** A file's bytes in pieces, unpacked when its name ends in `.gz`. `hash` sees the bytes as they lie on the disk. */
export async function* fileBytes(path: string, hash?: { update(bytes: Uint8Array): unknown }): AsyncGenerator<Buffer> {
  if (!existsSync(path)) {
    throw new EdgeError('import-failed', `There is no file ${path}. Check the path.`);
  }
  const file = createReadStream(path, { highWaterMark: 256 * 1024 });
  if (hash !== undefined) file.on('data', (bytes) => hash.update(bytes as Buffer));
  const unpacked = path.endsWith('.gz') ? createGunzip() : undefined;
  if (unpacked !== undefined) file.on('error', (error) => unpacked.destroy(error));
  try {
    for await (const bytes of unpacked === undefined ? file : file.pipe(unpacked)) yield bytes as Buffer;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new EdgeError(
      'import-failed',
      `${path} cannot be read: ${reason}. Check the file, or make a new copy of it.`,
      {
        cause: error,
      },
    );
  } finally {
    file.destroy();
  }
}

/**
 * A file's text in pieces. A byte order mark decides the encoding and is left out; otherwise the text is UTF-8
 * unless said otherwise.
 * @throws {EdgeError} `import-failed` when the bytes are not of the encoding.
 */
export async function* fileText(
  path: string,
  encoding: string | undefined,
  hash?: { update(bytes: Uint8Array): unknown },
): AsyncGenerator<string> {
  let decoder: TextDecoder | undefined;
  let name = encoding ?? 'utf-8';
  try {
    for await (const bytes of fileBytes(path, hash)) {
      if (decoder === undefined) {
        name = encodingOf(bytes) ?? name;
        decoder = decoderFor(name);
      }
      const text = decoder.decode(bytes, { stream: true });
      if (text !== '') yield text;
    }
    const rest = decoder?.decode();
    if (rest !== undefined && rest !== '') yield rest;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new EdgeError(
      'import-failed',
      `${path} is not ${name} text. Say what it is, such as --encoding windows-1252 or --encoding utf-16le.`,
      { cause: error },
    );
  }
}

function encodingOf(bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8';
  return undefined;
}

function decoderFor(encoding: string): TextDecoder {
  try {
    return new TextDecoder(encoding, { fatal: true });
  } catch (error) {
    throw new EdgeError(
      'import-failed',
      `--encoding ${encoding} is not known. Known ones are utf-8, utf-16le, windows-1252, iso-8859-15 and the other names of the WHATWG encoding standard.`,
      { cause: error },
    );
  }
}
