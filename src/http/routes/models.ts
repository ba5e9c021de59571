import { z } from '@hono/zod-openapi';
import * as field from '../../core/fields.ts';
import { listModels, rollBackModel, type ShippedModel } from '../../runtime/models.ts';
import { type Api, addRoute, json } from '../api.ts';
import * as schema from '../schemas.ts';

/** The models of this site: which serve, how they do, and the way back to the one before. */
export function modelRoutes(api: Api, shipped: () => Promise<readonly ShippedModel[]>): void {
  const { runtime } = api;

  addRoute(
    api,
    {
      method: 'get',
      path: '/v1/models',
      summary: 'Models: version, stage, figures, drift; those that serve first',
      tag: 'Operations',
      scope: 'read',
      answers: { 200: { description: 'Every version known here', schema: z.object({ items: z.array(schema.model) }) } },
    },
    async ({ c }) => json(c, { items: await listModels(runtime, await shipped()) }),
  );

  addRoute(
    api,
    {
      method: 'post',
      path: '/v1/models/{task}/rollback',
      summary: 'Take the deployed version of a task out of service; the one before it serves again',
      tag: 'Operations',
      scope: 'operate',
      params: z.object({ task: field.id }),
      answers: { 200: { description: 'What served, and what serves now', schema: schema.rolledBack } },
      errors: ['conflict'],
    },
    async ({ c, params }) => json(c, await rollBackModel(runtime, params.task, 'An operator rolled it back.')),
  );
}
