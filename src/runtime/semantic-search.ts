import type { Scheduler } from '../core/ports.ts';
import { type EmbedProductsOptions, embedProducts, type ServingVectors } from '../pipelines/embed-products.ts';
import { type ModelMeter, meteredEmbedder } from '../pipelines/model-meter.ts';
import type { Pipeline } from '../pipelines/pipeline.ts';
import { ProductVectors } from '../pipelines/product-vectors.ts';
import { type VectorDrift, watchVectors } from '../pipelines/vector-drift.ts';
import type { Runtime } from '../runtime.ts';

export type EmbedderSource = EmbedProductsOptions['embedder'];

/** Search by meaning, over the vectors of products. It says `undefined` where it cannot serve; keywords always can. */
export interface SemanticSearch {
  /**
   * The products nearest to a text, best first, without what is far from it.
   * `undefined` while there are no vectors, and when the model fails or takes too long.
   * @param among which SKUs may be found; all unless given
   */
  nearest(
    text: string,
    depth: number,
    among?: (sku: string) => boolean,
    minimumCosine?: number,
  ): Promise<readonly string[] | undefined>;
  /** The products nearest to one; `undefined` while it has no vector. */
  similar(sku: string, depth: number): readonly string[] | undefined;
  /** What was searched for lately, newest last: what a candidate is tried with. */
  recentQueries(): readonly string[];
  /** Which model serves, and over how many products. */
  state(): { readonly model: string; readonly sha256: string; readonly products: number } | undefined;
}

export interface SemanticSearchOptions {
  readonly runtime: Pick<Runtime, 'store' | 'ports'>;
  /** The model; asked when products are embedded, and so each time a new one may be there. */
  readonly embedder: EmbedderSource;
  /** How long a search waits for the vector of its text, in milliseconds. */
  readonly waitMs?: number;
  /** Counts what the model does. */
  readonly meter?: ModelMeter;
  readonly report: (error: unknown) => void;
}

/** Below this cosine a product has nothing to do with what was searched for. */
export const FAR_COSINE = 0.3;
const WAIT_MS = 250;
/** Searches whose vectors are kept: a person types the same words again, and pages on. */
const KEPT_QUERIES = 256;

/** Search by meaning and the pipeline that keeps its vectors in step with the products. */
export function openSemanticSearch(options: SemanticSearchOptions): {
  readonly search: SemanticSearch;
  readonly pipeline: Pipeline;
  readonly drift: VectorDrift;
} {
  const { runtime, report, waitMs = WAIT_MS } = options;
  let serving: ServingVectors | undefined;
  let queries = new Map<string, Promise<Float32Array | undefined>>();
  const vectors = new ProductVectors(runtime.store);
  const { meter } = options;
  const pipeline = embedProducts({
    vectors,
    embedder: async () => {
      const embedder = await options.embedder();
      return meter === undefined ? embedder : meteredEmbedder(embedder, meter);
    },
    serving: () => serving,
    cutOver: (next) => {
      if (next.embedder.model.sha256 !== serving?.embedder.model.sha256) queries = new Map();
      serving = next;
    },
  });
  const vectorOf = ({ embedder }: ServingVectors, text: string): Promise<Float32Array | undefined> => {
    const kept = queries.get(text);
    if (kept !== undefined) return kept;
    const mine = queries;
    const made = embedder.embed([text]).then(
      ([vector]) => vector,
      (error: unknown) => {
        mine.delete(text);
        report(error);
        return undefined;
      },
    );
    mine.set(text, made);
    const [oldest] = mine.keys();
    if (mine.size > KEPT_QUERIES && oldest !== undefined) mine.delete(oldest);
    return made;
  };
  return {
    pipeline,
    drift: watchVectors(vectors, () => serving?.embedder),
    search: {
      async nearest(text, depth, among, minimumCosine = FAR_COSINE) {
        const current = serving;
        if (current === undefined) return undefined;
        const values = await within(runtime.ports.scheduler, waitMs, vectorOf(current, text.trim().toLowerCase()));
        if (values === undefined) return undefined;
        const { index, embedder } = current;
        const hits = index.topK({ modelSha256: embedder.model.sha256, values }, depth, among);
        return hits.filter(({ score }) => score >= minimumCosine).map(({ id }) => id);
      },
      similar(sku, depth) {
        const current = serving;
        const values = current?.index.get(sku);
        if (current === undefined || values === undefined) return undefined;
        const { index, embedder } = current;
        const hits = index.topK({ modelSha256: embedder.model.sha256, values }, depth, (id) => id !== sku);
        return hits.filter(({ score }) => score >= FAR_COSINE).map(({ id }) => id);
      },
      recentQueries: () => [...queries.keys()],
      state: () =>
        serving && {
          model: serving.embedder.model.version,
          sha256: serving.embedder.model.sha256,
          products: serving.index.size,
        },
    },
  };
}

/** The result, or `undefined` when it takes longer; it is then there for who asks next. */
function within<Result>(scheduler: Scheduler, ms: number, result: Promise<Result>): Promise<Result | undefined> {
  return new Promise((resolve, reject) => {
    const stop = scheduler.every(ms, () => {
      stop();
      resolve(undefined);
    });
    result.then(resolve, reject).finally(stop);
  });
}
