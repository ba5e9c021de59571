import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Embedder } from '../../../models/core/ports.ts';
import { EdgeError } from '../../../src/core/errors.ts';
import { type DeployableTask, deployModels } from '../../../src/pipelines/deploy-models.ts';
import type { Pipeline } from '../../../src/pipelines/pipeline.ts';
import { shadowEmbedders, shadowProducts } from '../../../src/pipelines/shadow-embedders.ts';
import { liveVersion, rollBackModel, type ShippedModel } from '../../../src/runtime/models.ts';
import type { Runtime } from '../../../src/runtime.ts';
import { InferenceWorker } from '../advice/inference-worker.ts';
import { CARD_FILE, readModelCard, readTrustedKeys } from '../cli/model-folder.ts';
import { FolderShelf } from './model-shelf.ts';

const TASK = 'embedding';

export interface EncodersOptions {
  readonly runtime: Runtime;
  readonly dataDir: string;
  /** The folder of the encoder that ships, or of MODELS_DIR. */
  readonly shippedFolder: string;
  /** File of public keys; without it no model is taken. */
  readonly trustFile: string | undefined;
  /** The thread that embeds for searches. */
  readonly worker: InferenceWorker;
  recentQueries(): readonly string[];
  readonly report: (error: unknown) => void;
}

/** The encoder that serves, the one that was deployed or the one that ships, and the pipeline that deploys others. */
export interface Encoders {
  current(): Promise<Embedder>;
  shipped(): Promise<ShippedModel>;
  readonly pipeline: Pipeline;
}

export function openEncoders(options: EncodersOptions): Encoders {
  const { runtime, worker } = options;
  const shelf = new FolderShelf({
    dataDir: options.dataDir,
    trusted: () => (options.trustFile === undefined ? new Map() : readTrustedKeys(options.trustFile)),
  });
  const current = async (): Promise<Embedder> => {
    for (;;) {
      const live = await liveVersion(runtime, TASK);
      if (live === undefined) return worker.embedder(options.shippedFolder);
      try {
        return await worker.embedder(shelf.folder(TASK, live.version));
      } catch (error) {
        options.report(error);
        const detail = error instanceof Error ? error.message : String(error);
        // Its files are gone or damaged: what served before it serves again, and the centre is told.
        await rollBackModel(runtime, TASK, `It cannot be opened any more: ${detail}`.slice(0, 500));
      }
    }
  };
  const shipped = async (): Promise<ShippedModel> => {
    if (existsSync(join(options.shippedFolder, CARD_FILE))) {
      const { version, artefact } = readModelCard(options.shippedFolder).card;
      return { task: TASK, version, sha256: artefact.sha256 };
    }
    const { version, sha256 } = (await worker.embedder(options.shippedFolder)).model;
    return { task: TASK, version, sha256 };
  };
  const task: DeployableTask = {
    task: TASK,
    live: async () => (await liveVersion(runtime, TASK))?.version ?? (await shipped()).version,
    async shadow({ folder, version }, { store, ports }) {
      // On a thread of its own: a candidate that hangs or eats memory holds up no search.
      const trial = new InferenceWorker({ idleMs: 1000, limitMs: 60_000 });
      try {
        return await shadowEmbedders({
          live: await current(),
          candidate: await trial.embedder(folder).catch((error: unknown) => {
            const why = error instanceof Error ? error.message : String(error);
            throw new EdgeError('model-mismatch', `${version} cannot be opened: ${why}`, { cause: error });
          }),
          products: await shadowProducts(store),
          queries: options.recentQueries(),
          nowMs: () => performance.now(),
          yielding: () => ports.scheduler.yield(),
        });
      } finally {
        await trial.close();
      }
    },
  };
  return {
    current,
    shipped,
    pipeline: deployModels({ deviceId: runtime.identity.deviceId, shelf, tasks: [task] }),
  };
}
