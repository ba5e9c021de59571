import { parentPort } from 'node:worker_threads';
import { localForecaster } from '../../../models/forecasts/local-forecaster.ts';
import { recommendFromBaskets } from '../../advice/local-models.ts';
import type { Answer, Question } from './inference-worker.ts';

/** The thread on which models run. It loads no database: ending a thread that has libSQL loaded ends the process. */
parentPort?.on('message', (question: Question) => {
  answer(question)
    .then((result): Answer => ({ id: question.id, result }))
    .catch(
      (error: unknown): Answer => ({
        id: question.id,
        error: error instanceof Error ? error.message : String(error),
      }),
    )
    .then((message) => parentPort?.postMessage(message))
    .catch((error: unknown) => {
      throw error;
    });
});

async function answer({ ask }: Question): Promise<unknown> {
  if (ask.kind === 'forecast') return localForecaster.forecast(ask.histories, ask.options);
  return recommendFromBaskets(ask.question);
}
