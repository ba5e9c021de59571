import { z } from 'zod';
import * as field from '../core/fields.ts';

/** Parts that payloads of several subjects share. */

/** A stretch of time; `from` belongs to it, `to` does not. */
export const period = z.object({ from: field.instant, to: field.instant });

/** A period together with how many observations it holds. */
export const sample = z.object({ from: field.instant, to: field.instant, samples: field.count });

/** Which model, exactly. */
export const modelReference = z.object({
  task: field.id.describe('embedding, forecast, recommendation, sentiment, assistant'),
  version: field.id.describe('Unique across tasks, such as forecast-1.2.0'),
  sha256: field.sha256Hex.optional().describe('Of the artefact; a method that is code alone has none'),
});

/** Where a model file is fetched and how the copy is checked. */
export const modelArtefact = z.object({
  url: z.url().max(500),
  format: field.text(40).describe('onnx, safetensors, json'),
  bytes: field.count,
  sha256: field.sha256Hex,
  signature: z
    .object({
      algorithm: field.text(20),
      keyId: field.id,
      value: z.string().max(1000).describe('Base64, over the artefact digest'),
    })
    .optional(),
});

/** Figures by name, such as `wape` or `recallAt10`. */
export const figures = z.record(z.string().max(80), field.measure);

/** Something that a vector or a citation stands for. */
export const contentKind = z.enum(['product', 'document', 'dealer', 'ticket']);

/** A SKU may hold characters that identifiers do not, so a content id is any short text. */
export const contentId = z.string().min(1).max(120);

export const content = z.object({ kind: contentKind, id: contentId });

/** Which wording of a prompt, exactly. */
export const templateReference = z.object({ templateId: field.id, version: field.version });

export const tokenUsage = z.object({
  inputTokens: field.count,
  outputTokens: field.count,
  cachedInputTokens: field.count.optional().describe('Of inputTokens, billed at the cached rate'),
});
