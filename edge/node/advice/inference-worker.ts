import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Forecaster, SeriesForecast, SeriesHistory } from '../../../models/core/ports.ts';
import { EdgeError } from '../../../src/core/errors.ts';
import type { AdviceModels, BasketAnswer, BasketQuestion } from '../../../src/runtime/advice.ts';
import { FORECAST_VERSION, RECOMMENDER_VERSION, replenish } from '../../advice/local-models.ts';
import { packageFolder } from '../migrations.ts';

type ForecastOptions = Parameters<Forecaster['forecast']>[1];

export interface Question {
  readonly id: number;
  readonly ask:
    | { readonly kind: 'forecast'; readonly histories: readonly SeriesHistory[]; readonly options: ForecastOptions }
    | { readonly kind: 'recommend'; readonly question: BasketQuestion };
}

export interface Answer {
  readonly id: number;
  readonly result?: unknown;
  readonly error?: string;
}

interface Waiting {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/** Idle for this long, the thread ends and gives its memory back. */
const IDLE_MS = 30_000;

/** Models on a thread of their own, so that a request never waits for inference. It starts with the first question. */
export class InferenceWorker {
  #worker: Worker | undefined;
  #idle: NodeJS.Timeout | undefined;
  #nextId = 1;
  readonly #waiting = new Map<number, Waiting>();

  readonly models: AdviceModels = {
    forecast: () => ({ forecaster: this.#forecaster, version: FORECAST_VERSION }),
    recommend: {
      version: RECOMMENDER_VERSION,
      recommend: async (question) => (await this.#ask({ kind: 'recommend', question })) as BasketAnswer[],
    },
    replenish,
  };

  readonly #forecaster: Forecaster = {
    forecast: async (histories, options) =>
      (await this.#ask({ kind: 'forecast', histories, options })) as SeriesForecast[],
  };

  /** Ends the thread; what it was asked is refused. */
  async close(): Promise<void> {
    clearTimeout(this.#idle);
    const worker = this.#worker;
    this.#worker = undefined;
    await worker?.terminate();
    this.#fail(new EdgeError('storage-unavailable', 'The box is stopping.'));
  }

  #ask(ask: Question['ask']): Promise<unknown> {
    clearTimeout(this.#idle);
    this.#worker ??= this.#start();
    const id = this.#nextId++;
    const answered = new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
    });
    this.#worker.postMessage({ id, ask } satisfies Question);
    return answered;
  }

  #start(): Worker {
    const worker = new Worker(threadModule());
    worker.unref();
    worker.on('message', ({ id, result, error }: Answer) => {
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error === undefined) waiting?.resolve(result);
      else waiting?.reject(new Error(error));
      if (this.#waiting.size > 0) return;
      this.#idle = setTimeout(() => {
        const idle = this.#worker;
        this.#worker = undefined;
        void idle?.terminate();
      }, IDLE_MS);
      this.#idle.unref();
    });
    worker.on('error', (error) => this.#gone(worker, error instanceof Error ? error : new Error(String(error))));
    worker.on('exit', (code) => this.#gone(worker, new Error(`The thread of the models ended with code ${code}.`)));
    return worker;
  }

  /** A thread that ended takes what it was asked with it; the next question starts another one. */
  #gone(worker: Worker, error: Error): void {
    if (this.#worker !== worker) return;
    this.#worker = undefined;
    this.#fail(error);
  }

  #fail(error: Error): void {
    for (const { reject } of this.#waiting.values()) reject(error);
    this.#waiting.clear();
  }
}

/** The thread's module: beside this one in the sources, in `dist` when bundled. */
function threadModule(): string {
  const source = fileURLToPath(new URL('./inference-thread.ts', import.meta.url));
  return existsSync(source) ? source : `${packageFolder('dist')}/inference-thread.js`;
}
