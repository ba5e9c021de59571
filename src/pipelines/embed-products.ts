import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';
import type { Embedder } from '../../models/core/ports.ts';
import { quantise } from '../../models/core/vectors/quantise.ts';
import type { VectorIndex } from '../../models/core/vectors/vector-index.ts';
import type { NewEvent } from '../core/event.ts';
import { embeddingGenerated } from '../events/ml/embedding.ts';
import { type Pipeline, publishInParts } from './pipeline.ts';
import type { PendingProduct, ProductVectors } from './product-vectors.ts';

const DAY_MS = 86_400_000;
/** Products that are looked up at once. */
const LOOKED_UP = 256;
/** Texts that the model is given at once: a search waits no longer than these take. */
const EMBEDDED = 16;

/** A model and the index of all that it made: both change together. */
export interface ServingVectors {
  readonly embedder: Embedder;
  readonly index: VectorIndex;
}

export interface EmbedProductsOptions {
  readonly vectors: ProductVectors;
  /** The model to embed with: asked at each run, so that a new one is taken up. */
  embedder(): Promise<Embedder>;
  serving(): ServingVectors | undefined;
  /** Called when every product has a vector of the model: from then on it serves. */
  cutOver(next: ServingVectors): void;
}

/**
 * Embeds the products that have no vector, or one of an older text. With another model all are embedded again, and the
 * model before it goes on serving until that is done.
 */
export function embedProducts({ vectors, embedder: current, serving, cutOver }: EmbedProductsOptions): Pipeline {
  return {
    name: 'embed-products',
    step: 'embed',
    everyMs: DAY_MS,
    reactsTo: ['product.updated', 'model.deployed', 'embedding.drift.alert'],
    async run(context) {
      const { clock, scheduler } = context.ports;
      const embedder = await current();
      const { sha256: modelSha256 } = embedder.model;
      const before = serving();
      const index =
        before?.embedder.model.sha256 === modelSha256
          ? before.index
          : await vectors.load(embedder, () => scheduler.yield());
      let processed = 0;
      for (;;) {
        const products = await vectors.pending(modelSha256, LOOKED_UP);
        if (products.length === 0) break;
        for (let start = 0; start < products.length; start += EMBEDDED) {
          const some = products.slice(start, start + EMBEDDED);
          const made = await embedder.embed(some.map(({ text }) => text));
          const generatedAt = new Date(clock.nowMs()).toISOString();
          // First told, then kept: after a crash between the two they are told again, which changes nothing.
          await publishInParts(
            context,
            some.map((one, at) => embeddingOf(one, made[at] ?? new Float32Array(), embedder, generatedAt)),
          );
          await vectors.write(modelSha256, some, made);
          for (const [at, { sku }] of some.entries()) {
            index.upsert(sku, { modelSha256, values: made[at] ?? new Float32Array() });
          }
          processed += some.length;
          await scheduler.yield();
        }
      }
      cutOver({ embedder, index });
      await vectors.keepOnly(modelSha256);
      return { processed, published: processed };
    },
  };
}

/** A vector for those who search elsewhere, a byte a component. */
function embeddingOf(
  { sku, text }: PendingProduct,
  vector: Float32Array,
  { model }: Embedder,
  generatedAt: string,
): NewEvent {
  const codes = new Int8Array(vector.length);
  const scale = quantise(vector, 127, codes);
  return embeddingGenerated.make({
    target: { kind: 'product', id: sku },
    sourceSha256: bytesToHex(sha256(new TextEncoder().encode(text))),
    model: { task: 'embedding', version: model.version, sha256: model.sha256 },
    dimension: vector.length,
    encoding: 'int8',
    scale,
    vector: btoa(String.fromCharCode(...new Uint8Array(codes.buffer))),
    normalized: true,
    generatedAt,
  });
}
