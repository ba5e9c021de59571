import { type ReplaySupport, replay } from '../../runtime/replay.ts';
import { type Api, addRoute, json } from '../api.ts';
import * as schema from '../schemas.ts';

/** Running a stretch of the log again. */
export function replayRoutes(api: Api, support: ReplaySupport): void {
  addRoute(
    api,
    {
      method: 'post',
      path: '/v1/replay',
      summary: 'Run a stretch of the log again, into the read models or an evaluation; a dry run unless told otherwise',
      tag: 'Operations',
      scope: 'operate',
      body: schema.replayRequest,
      answers: { 200: { description: 'What was, or would be, replayed', schema: schema.replayResponse } },
    },
    async ({ c, body }) => json(c, await replay(api.runtime, body, support)),
  );
}
