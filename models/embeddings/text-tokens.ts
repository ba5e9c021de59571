import { Tokenizer } from '@huggingface/tokenizers';
import { z } from 'zod';
import { EdgeError } from '../../src/core/errors.ts';

/** Turns text into the ids of a model's vocabulary. */
export interface TextTokens {
  /** Ids of a text with those of its beginning and end, cut to the model's maximum. */
  encode(text: string): number[];
  readonly largestId: number;
}

/** The maximum that sentence encoders of BERT's kind are trained with. */
const TOKENS_MAX = 128;
/** A text is cut to so many characters a token before it is tokenized: product texts have about 4. */
const CHARACTERS_A_TOKEN = 16;
/** Before white space is closed up. */
const CHARACTERS_MAX = 65_536;

const file = z.looseObject({
  truncation: z.looseObject({ max_length: z.int().min(3).max(8192) }).nullish(),
  model: z.looseObject({}),
});

/**
 * Reads `tokenizer.json`. Its `truncation.max_length` is the maximum of tokens, 128 where it has none.
 * @throws {EdgeError} `model-mismatch` where it cannot be read
 */
export function textTokens(json: string, version: string): TextTokens {
  let tokenizer: Tokenizer;
  let maximum = TOKENS_MAX;
  try {
    const parsed = file.parse(JSON.parse(json));
    maximum = parsed.truncation?.max_length ?? TOKENS_MAX;
    tokenizer = new Tokenizer(parsed, {});
  } catch (error) {
    throw unreadable(version, error instanceof Error ? error.message : String(error), error);
  }
  const ends = tokenizer.encode('').ids;
  const last = ends.at(-1);
  const largestId = Math.max(...tokenizer.get_vocab().values());
  if (last === undefined || !Number.isFinite(largestId)) {
    throw unreadable(version, 'it marks no beginning and end of a text, or has no vocabulary');
  }
  return {
    largestId,
    encode(text) {
      const { ids } = tokenizer.encode(cut(text, maximum));
      // The mark of the end stays: the model has seen no text without it.
      return ids.length <= maximum ? ids : [...ids.slice(0, maximum - 1), last];
    },
  };
}

/** Bounds the work for any text, without half characters at the end. */
function cut(text: string, tokens: number): string {
  const spaced = text.slice(0, CHARACTERS_MAX).replaceAll(/\s+/g, ' ').trim();
  return spaced.slice(0, tokens * CHARACTERS_A_TOKEN).toWellFormed();
}

function unreadable(version: string, why: string, cause?: unknown): EdgeError {
  return new EdgeError(
    'model-mismatch',
    `The tokenizer.json of ${version} cannot be used: ${why}. Take it again from where the model lies.`,
    { cause },
  );
}
