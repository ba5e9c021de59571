import { z } from '@hono/zod-openapi';
import { EdgeError } from '../../core/errors.ts';
import * as field from '../../core/fields.ts';
import type { Advice } from '../../runtime/advice.ts';
import { type Api, addRoute, json } from '../api.ts';
import { findForecast, listIncidents, listPipelines, listSuggestions } from '../read/advice.ts';
import * as schema from '../schemas.ts';

const limit = z.coerce.number().int().min(1).max(200).default(50);

/** Forecasts and suggestions, and the runs that make them. */
export function adviceRoutes(api: Api, advice: Advice | undefined): void {
  const { runtime } = api;

  addRoute(
    api,
    {
      method: 'get',
      path: '/v1/forecasts/{sku}',
      summary: 'The demand of a product: history, forecast with its band, when to order and up to what',
      tag: 'Advice',
      scope: 'read',
      params: z.object({ sku: field.sku }),
      answers: { 200: { description: 'The newest forecast', schema: schema.forecast } },
      errors: ['not-found'],
    },
    async ({ c, params }) => json(c, await findForecast(runtime, advice, params.sku)),
  );

  addRoute(
    api,
    {
      method: 'get',
      path: '/v1/recommendations',
      summary: 'What to order: what is due again and what is new, with the reason',
      tag: 'Advice',
      scope: 'read',
      query: z.object({ limit, kind: z.enum(['reorder', 'discovery']).optional() }),
      answers: { 200: { description: 'Suggestions, the best of each kind first', schema: schema.suggestions } },
    },
    async ({ c, query }) => json(c, await listSuggestions(runtime, query)),
  );

  addRoute(
    api,
    {
      method: 'get',
      path: '/v1/pipelines',
      summary: 'Batch runs: state, newest run, failures',
      tag: 'Operations',
      scope: 'read',
      answers: {
        200: { description: 'Every pipeline', schema: z.object({ items: z.array(schema.pipeline) }) },
      },
    },
    async ({ c }) => json(c, await listPipelines(runtime, advice)),
  );

  addRoute(
    api,
    {
      method: 'post',
      path: '/v1/pipelines/{name}/run',
      summary: 'Run a pipeline now; answers when it has begun or waits its turn',
      tag: 'Operations',
      scope: 'operate',
      params: z.object({ name: field.id }),
      answers: { 202: { description: 'It runs, or waits for another one to end' } },
      errors: ['not-found'],
    },
    ({ c, params }) => {
      if (advice === undefined || !advice.states().some(({ name }) => name === params.name)) {
        throw new EdgeError(
          'not-found',
          `No pipeline "${params.name}" runs here. GET /v1/pipelines names those that do.`,
        );
      }
      // What becomes of it is in the events, and in /v1/pipelines.
      void advice.run(params.name).catch(() => undefined);
      return json(c, { name: params.name }, 202);
    },
  );

  addRoute(
    api,
    {
      method: 'get',
      path: '/v1/incidents',
      summary: 'Incidents, the open ones first',
      tag: 'Operations',
      scope: 'read',
      query: z.object({ limit }),
      answers: {
        200: { description: 'Incidents', schema: z.object({ items: z.array(schema.incident) }) },
      },
    },
    async ({ c, query }) => json(c, await listIncidents(runtime, query.limit)),
  );
}
