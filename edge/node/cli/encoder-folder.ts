import { existsSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { createEncoder, createSentenceEncoder, type Encoder } from '../../../models/embeddings/index.ts';
import { EdgeError } from '../../../src/core/errors.ts';
import { packageFolder } from '../migrations.ts';
import { CARD_FILE, readModelFolder } from './model-folder.ts';

const TOKENIZER_FILE = 'tokenizer.json';
/** Where a folder of the form that transformers.js takes has its model, the exact one first. */
const MODEL_FILES = ['onnx/model.onnx', 'onnx/model_quantized.onnx', 'model.onnx'];

/** The folder of the encoder that ships. */
export const bundledEncoder = (): string => join(packageFolder('models'), 'embeddings', 'artefact');

/** The folder of the encoder that a box uses: `embedding` in MODELS_DIR where that is there, else the one that ships. */
export function encoderFolder(modelsDir: string | undefined): string {
  const own = modelsDir === undefined ? undefined : join(modelsDir, 'embedding');
  return own !== undefined && existsSync(own) ? own : bundledEncoder();
}

/**
 * Opens the encoder of a folder: one with a card, or one of the form that transformers.js takes.
 * @throws {EdgeError} `not-found` where files are missing, and what `createEncoder` throws
 */
export function openEncoder(folder: string): Promise<Encoder> {
  if (existsSync(join(folder, CARD_FILE))) {
    const { card, content } = readModelFolder(folder);
    return createEncoder({ model: content, tokenizer: textOf(folder, TOKENIZER_FILE), card });
  }
  const file = MODEL_FILES.find((one) => existsSync(join(folder, one)));
  if (file === undefined) {
    throw new EdgeError('not-found', `${folder} holds no model: neither ${CARD_FILE} nor ${MODEL_FILES.join(', ')}.`);
  }
  return createSentenceEncoder({
    name: basename(resolve(folder)),
    model: readFileSync(join(folder, file)),
    tokenizer: textOf(folder, TOKENIZER_FILE),
    config: textOf(folder, 'config.json'),
  });
}

function textOf(folder: string, file: string): string {
  try {
    return readFileSync(join(folder, file), 'utf8');
  } catch (error) {
    const detail = `${join(folder, file)} cannot be read. Put it there, from where the model came.`;
    throw new EdgeError('not-found', detail, { cause: error });
  }
}
