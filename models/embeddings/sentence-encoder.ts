import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import { z } from 'zod';
import { EdgeError } from '../../src/core/errors.ts';
import { createEncoder, type Encoder } from './encoder.ts';

/** The files of a sentence encoder in the form that transformers.js takes. */
export interface SentenceEncoderFiles {
  /** What the model is called, such as `all-MiniLM-L6-v2`; its version is this name with the start of the digest. */
  readonly name: string;
  /** `onnx/model.onnx` or `onnx/model_quantized.onnx` */
  readonly model: Uint8Array;
  /** `tokenizer.json` */
  readonly tokenizer: string;
  /** `config.json`, which says how wide the vectors are. */
  readonly config: string;
}

/**
 * Loads an encoder that has no card, such as the full teacher, into the runtime of `createEncoder`. There is nothing to
 * hold its file against: its digest is taken as it is. Vectors are the mean of the tokens' states.
 * @throws {EdgeError} `model-mismatch` where the files do not fit together
 */
export async function createSentenceEncoder(files: SentenceEncoderFiles): Promise<Encoder> {
  const digest = bytesToHex(sha256(files.model));
  return createEncoder({
    model: files.model,
    tokenizer: files.tokenizer,
    card: {
      task: 'embedding',
      version: `${files.name}-${digest.slice(0, 8)}`,
      artefact: { file: 'model.onnx', format: 'onnx', bytes: files.model.length, sha256: digest },
      inputs: [{ name: 'input_ids', type: 'int64', shape: [-1, -1] }],
      outputs: [{ name: 'embedding', type: 'float32', shape: [-1, -1] }],
      dimension: widthOf(files),
      trainingData: [{ name: 'unknown', licence: 'unknown' }],
      metrics: {},
      licence: 'unknown',
    },
  });
}

const configFile = z.looseObject({ hidden_size: z.int().min(1).max(4096) });

function widthOf({ name, config }: SentenceEncoderFiles): number {
  try {
    return configFile.parse(JSON.parse(config)).hidden_size;
  } catch (error) {
    throw new EdgeError(
      'model-mismatch',
      `The config.json of ${name} names no hidden_size. Take it again from where the model lies.`,
      { cause: error },
    );
  }
}
