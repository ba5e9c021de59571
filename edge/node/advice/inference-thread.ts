import { parentPort } from 'node:worker_threads';
import type { Encoder } from '../../../models/embeddings/index.ts';
import { forecastAssortment } from '../../../models/forecasts/local-forecaster.ts';
import type { ForecastMethod } from '../../../models/forecasts/method.ts';
import { createRouter, router } from '../../../models/forecasts/router.ts';
import { EdgeError } from '../../../src/core/errors.ts';
import { forecasters, recommendFromBaskets } from '../../advice/local-models.ts';
import { openEncoder } from '../cli/encoder-folder.ts';
import { openForecaster } from '../cli/forecaster-folder.ts';
import type { Answer, Embedded, Question } from './inference-worker.ts';

/** The thread on which models run. It loads no database: ending a thread that has libSQL loaded ends the process. */
parentPort?.on('message', (question: Question) => {
  answer(question)
    .then((result): Answer => ({ id: question.id, result }))
    .catch(
      (error: unknown): Answer => ({
        id: question.id,
        ...(error instanceof EdgeError
          ? { error: error.detail, code: error.code }
          : { error: error instanceof Error ? error.message : String(error) }),
      }),
    )
    .then((message) => parentPort?.postMessage(message))
    .catch((error: unknown) => {
      throw error;
    });
});

async function answer({ ask }: Question): Promise<unknown> {
  if (ask.kind === 'forecast') {
    return ask.method === 'router'
      ? forecastAssortment(ask.histories, ask.options, await routerOf(ask.folder))
      : forecasters[ask.method].forecast(ask.histories, ask.options);
  }
  if (ask.kind === 'recommend') return recommendFromBaskets(ask.question);
  const encoder = await encoderOf(ask.folder);
  const { model, dimensions } = encoder;
  return { model, dimensions, vectors: await encoder.embed(ask.texts) } satisfies Embedded;
}

let routing: Promise<ForecastMethod> | undefined;

/** The router with the network of a folder; without it, and a warning, where that cannot be opened. */
function routerOf(folder: string): Promise<ForecastMethod> {
  routing ??= openForecaster(folder).then(createRouter, (error: unknown) => {
    const why = error instanceof Error ? error.message : String(error);
    process.emitWarning(`Forecasts go without the global model: ${why}`);
    return router;
  });
  return routing;
}

const encoders = new Map<string, Promise<Encoder>>();

/** Opened once; one that could not be opened is tried again at the next question. */
function encoderOf(folder: string): Promise<Encoder> {
  const opened = encoders.get(folder) ?? openEncoder(folder);
  encoders.set(folder, opened);
  opened.catch(() => encoders.delete(folder));
  return opened;
}
