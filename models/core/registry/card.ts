import { z } from 'zod';
import { EdgeError } from '../../../src/core/errors.ts';
import * as field from '../../../src/core/fields.ts';

/** One input or output of a model: its name, element type and shape, where -1 is any length. */
const tensor = z.object({ name: field.text(80), type: field.text(20), shape: z.array(z.int().min(-1)).max(8) });

/** `model.json`, the card beside each artefact: what the model is, what it was made of, and how its copy is checked. */
export const modelCard = z.object({
  task: z.enum(['embedding', 'forecast', 'recommendation', 'sentiment', 'assistant']),
  version: field.id.describe('Unique across tasks, such as forecast-1.2.0'),
  artefact: z.object({
    file: z
      .string()
      .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,119}$/, 'a file name without folders')
      .describe('The file beside the card'),
    format: field.text(40).describe('onnx, safetensors, json'),
    bytes: field.count,
    sha256: field.sha256Hex,
  }),
  companions: z
    .array(
      z.object({
        file: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,119}$/, 'a file name without folders'),
        bytes: field.count,
        sha256: field.sha256Hex,
      }),
    )
    .max(10)
    .optional()
    .describe('Further files beside the card that the model needs, such as a tokenizer'),
  inputs: z.array(tensor).min(1).max(50),
  outputs: z.array(tensor).min(1).max(50),
  dimension: z.int().min(1).max(4096).optional().describe('Of the vectors that an embedding model makes'),
  trainingData: z
    .array(z.object({ name: field.text(200), licence: field.text(80) }))
    .min(1)
    .max(50),
  metrics: z.record(z.string().max(80), field.measure).describe('On held-out data'),
  licence: field.text(80),
});

export type ModelCard = z.infer<typeof modelCard>;

/**
 * Reads the card of a model.
 * @param text what stands in `model.json`
 * @param where the file or address, for the message
 * @throws {EdgeError} `model-card-invalid`, with each violation
 */
export function readCard(text: string, where: string): ModelCard {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new EdgeError('model-card-invalid', `${where} is no JSON. Take the card again from where the model lies.`, {
      cause: error,
    });
  }
  const parsed = modelCard.safeParse(value);
  if (parsed.success) return parsed.data;
  const violations = parsed.error.issues.map((issue) => ({
    pointer: issue.path.map((part) => `/${String(part)}`).join(''),
    code: issue.code,
    detail: issue.message,
  }));
  const first = violations[0];
  throw new EdgeError(
    'model-card-invalid',
    `${where} is no model card: ${first?.pointer || 'the whole'}: ${first?.detail}. Mend the card and publish it again.`,
    { violations },
  );
}
