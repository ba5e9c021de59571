import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { verifyArtefact } from '../../../models/core/registry/artefact.ts';
import { readCard } from '../../../models/core/registry/card.ts';
import { type TrustedKeys, verifyCard, verifySignature } from '../../../models/core/registry/signature.ts';
import { EdgeError } from '../../../src/core/errors.ts';
import type { InstalledModel, ModelShelf } from '../../../src/pipelines/deploy-models.ts';
import { syncFile } from '../backup/durable-files.ts';
import { CARD_FILE, parseSignature, SIGNATURE_FILE } from '../cli/model-folder.ts';

export interface ShelfOptions {
  readonly dataDir: string;
  /** Read at each installation, so that a new key needs no restart. */
  trusted(): TrustedKeys;
  /** How long the other side may stay silent, in milliseconds. */
  readonly silenceMs?: number;
}

/** The largest file of a model, in bytes. */
const BYTES_MAX = 512 * 1024 * 1024;
/** Of the card and the signature beside it. */
const TEXT_BYTES_MAX = 1024 * 1024;
const SILENCE_MS = 30_000;
/** Versions may hold `/` and `:`; a folder may not. */
const FOLDER_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]*$/;

/** Models in `DATA_DIR/models/<task>/<version>`, each as it was signed. */
export class FolderShelf implements ModelShelf {
  readonly #options: ShelfOptions;

  constructor(options: ShelfOptions) {
    this.#options = options;
  }

  /** @throws {EdgeError} `model-card-invalid` for a name that can be no folder */
  folder(task: string, version: string): string {
    for (const name of [task, version]) {
      if (FOLDER_NAME.test(name)) continue;
      throw new EdgeError(
        'model-card-invalid',
        `"${name}" can be no folder. Name tasks and versions with letters, digits, dots, _ and -.`,
      );
    }
    return join(this.#options.dataDir, 'models', task, version);
  }

  async install(
    task: string,
    version: string,
    artefact: Parameters<ModelShelf['install']>[2],
  ): Promise<InstalledModel> {
    const folder = this.folder(task, version);
    const { sha256, signature, url } = artefact;
    const trusted = this.#options.trusted();
    // Before a byte is fetched: who may not deploy here costs nothing.
    await verifySignature(sha256, signature, trusted, version);
    const files = new Map<string, Uint8Array>();
    const cardBytes = await this.#fetch(new URL(CARD_FILE, url), TEXT_BYTES_MAX);
    const signatureUrl = new URL(SIGNATURE_FILE, url);
    const signatureBytes = await this.#fetch(signatureUrl, TEXT_BYTES_MAX);
    await verifyCard(cardBytes, parseSignature(text(signatureBytes), signatureUrl.href), trusted, version);
    files.set(CARD_FILE, cardBytes).set(SIGNATURE_FILE, signatureBytes);
    const card = readCard(text(cardBytes), new URL(CARD_FILE, url).href);
    if (card.version !== version || card.task !== task || card.artefact.sha256 !== sha256) {
      throw new EdgeError(
        'model-card-invalid',
        `The card at ${url} is of ${card.version} (${card.task}), not of ${version} (${task}) with the digest ${sha256}.`,
      );
    }
    for (const part of [card.artefact, ...(card.companions ?? [])]) {
      const content = await this.#fetch(new URL(part.file, url), Math.min(part.bytes, BYTES_MAX));
      verifyArtefact(content, part, part === card.artefact ? version : `${part.file} of ${version}`);
      files.set(part.file, content);
    }
    place(files, folder);
    return { version, folder };
  }

  /** @throws {EdgeError} `payload-too-large`; `storage-unavailable` where nobody answers, which may be tried again */
  async #fetch(url: URL, bytesMax: number): Promise<Uint8Array> {
    const retry = (why: string, cause?: unknown) =>
      new EdgeError('storage-unavailable', `${url.href} cannot be fetched: ${why}. It is tried again.`, { cause });
    if (url.protocol === 'file:') {
      try {
        return readFileSync(fileURLToPath(url));
      } catch (error) {
        throw retry(error instanceof Error ? error.message : String(error), error);
      }
    }
    const silence = new AbortController();
    const hush = () => silence.abort(new Error('nothing came for too long'));
    let timer = setTimeout(hush, this.#options.silenceMs ?? SILENCE_MS);
    try {
      const answer = await fetch(url, { signal: silence.signal });
      if (!answer.ok || answer.body === null) throw new Error(`it answered ${answer.status}`);
      const chunks: Uint8Array[] = [];
      let bytes = 0;
      for await (const chunk of answer.body) {
        clearTimeout(timer);
        timer = setTimeout(hush, this.#options.silenceMs ?? SILENCE_MS);
        bytes += chunk.length;
        if (bytes > bytesMax) {
          const detail = `${url.href} has more than the ${bytesMax} bytes that it should have. Publish the model again.`;
          throw new EdgeError('payload-too-large', detail);
        }
        chunks.push(chunk);
      }
      return Buffer.concat(chunks);
    } catch (error) {
      if (error instanceof EdgeError) throw error;
      throw retry(error instanceof Error ? error.message : String(error), error);
    } finally {
      clearTimeout(timer);
    }
  }
}

/** A folder with all files, or none: a crash leaves at most a folder that nobody reads. */
function place(files: ReadonlyMap<string, Uint8Array>, folder: string): void {
  const part = `${folder}.part-${randomUUID()}`;
  mkdirSync(part, { recursive: true });
  try {
    for (const [name, content] of files) {
      writeFileSync(join(part, name), content);
      syncFile(join(part, name));
    }
    syncFile(part);
    // What lies there was of an earlier try; its files were checked as these were.
    if (existsSync(folder)) rmSync(folder, { recursive: true });
    renameSync(part, folder);
    syncFile(dirname(folder));
  } catch (error) {
    rmSync(part, { recursive: true, force: true });
    throw error;
  }
}

const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
