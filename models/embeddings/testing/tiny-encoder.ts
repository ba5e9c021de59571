import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { ModelCard } from '../../core/registry/card.ts';
import type { EncoderFiles } from '../encoder.ts';

/** Words that the tiny encoder knows; every ASCII letter and digit is a piece as well. */
const WORDS = ['brake', 'pad', 'pads', 'lining', 'coffee', 'mug', 'the', 'a', 'filter', 'oil'];
const CHARACTERS = [...'abcdefghijklmnopqrstuvwxyz0123456789'];
const PIECES = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', ...WORDS, ...CHARACTERS, ...CHARACTERS.map((one) => `##${one}`)];

/**
 * An encoder of a few kilobytes, for tests: a table of made-up vectors, one a piece, as states of shape
 * (texts, tokens, dimensions), so that pooling is left to whoever runs it.
 */
export function tinyEncoder({ dimensions = 8, rows = PIECES.length, tokensMax = 16 } = {}): EncoderFiles {
  let state = 7;
  const table = Float32Array.from({ length: rows * dimensions }, () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  });
  const model = onnxGather(table, rows, dimensions);
  const card: ModelCard = {
    task: 'embedding',
    version: 'encoder-tiny',
    artefact: { file: 'model.onnx', format: 'onnx', bytes: model.length, sha256: bytesToHex(sha256(model)) },
    inputs: [{ name: 'input_ids', type: 'int64', shape: [-1, -1] }],
    outputs: [{ name: 'states', type: 'float32', shape: [-1, -1, dimensions] }],
    dimension: dimensions,
    trainingData: [{ name: 'none', licence: 'none' }],
    metrics: {},
    licence: 'MIT',
  };
  return { model, tokenizer: JSON.stringify(tokenizerFile(tokensMax)), card };
}

function tokenizerFile(tokensMax: number) {
  const special = (content: string, id: number) => ({
    id,
    content,
    single_word: false,
    lstrip: false,
    rstrip: false,
    normalized: false,
    special: true,
  });
  const piece = (id: string) => ({ SpecialToken: { id, type_id: 0 } });
  const text = (id: string) => ({ Sequence: { id, type_id: 0 } });
  return {
    version: '1.0',
    truncation: { direction: 'Right', max_length: tokensMax, strategy: 'LongestFirst', stride: 0 },
    padding: null,
    added_tokens: PIECES.slice(0, 4).map(special),
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: true,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: {
      type: 'TemplateProcessing',
      single: [piece('[CLS]'), text('A'), piece('[SEP]')],
      pair: [piece('[CLS]'), text('A'), piece('[SEP]'), text('B'), piece('[SEP]')],
      special_tokens: {
        '[CLS]': { id: '[CLS]', ids: [2], tokens: ['[CLS]'] },
        '[SEP]': { id: '[SEP]', ids: [3], tokens: ['[SEP]'] },
      },
    },
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(PIECES.map((one, id) => [one, id])),
    },
  };
}

/** ONNX (onnx.proto) of `states = Gather(table, input_ids)`, written as the few protobuf fields that it takes. */
function onnxGather(table: Float32Array, rows: number, dimensions: number): Uint8Array {
  const FLOAT = 1;
  const INT64 = 7;
  const tensor = message(1, rows) + message(1, dimensions) + message(2, FLOAT) + message(8, 'table');
  const raw = String.fromCharCode(...new Uint8Array(table.buffer));
  const node = message(1, 'table') + message(1, 'input_ids') + message(2, 'states') + message(4, 'Gather');
  const value = (name: string, type: number, shape: readonly (string | number)[]) => {
    const dims = shape.map((one) => message(1, typeof one === 'number' ? message(1, one) : message(2, one)));
    return message(1, name) + message(2, message(1, message(1, type) + message(2, dims.join(''))));
  };
  const graph =
    message(1, node) +
    message(2, 'tiny') +
    message(5, tensor + message(9, raw)) +
    message(11, value('input_ids', INT64, ['texts', 'tokens'])) +
    message(12, value('states', FLOAT, ['texts', 'tokens', dimensions]));
  const model = message(1, 9) + message(7, graph) + message(8, message(1, '') + message(2, 17));
  return Uint8Array.from(model, (character) => character.charCodeAt(0));
}

/** A protobuf field: a number as a varint, a string (a character a byte) with its length before it. */
function message(field: number, value: number | string): string {
  if (typeof value === 'number') return varint(field << 3) + varint(value);
  return varint((field << 3) | 2) + varint(value.length) + value;
}

function varint(value: number): string {
  return value < 128 ? String.fromCharCode(value) : String.fromCharCode((value & 127) | 128) + varint(value >>> 7);
}
