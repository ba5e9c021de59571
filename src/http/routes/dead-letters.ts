import { z } from '@hono/zod-openapi';
import { EdgeError } from '../../core/errors.ts';
import { resolveDeadLetter } from '../../runtime/dead-letters.ts';
import { type Api, addRoute, json } from '../api.ts';
import { readEvents } from '../cloud-events.ts';
import { deadLetterOf, deadLetterRow, listDeadLetters } from '../read/dead-letters.ts';
import * as schema from '../schemas.ts';

const params = z.object({ id: z.string().max(100) });

/** Input that could not be applied: look at it, try it again, or discard it. */
export function deadLetterRoutes(api: Api): void {
  const { runtime } = api;

  addRoute(
    api,
    {
      method: 'get',
      path: '/v1/dlq',
      summary: 'Dead letters, newest first, with the reason and the payload as it arrived',
      tag: 'Dead letters',
      scope: 'operate',
      query: z.object({ ...schema.pageQuery, status: z.enum(['open', 'retried', 'discarded']).optional() }),
      answers: { 200: { description: 'A page of dead letters', schema: schema.page(schema.deadLetter) } },
    },
    async ({ c, query }) => json(c, await listDeadLetters(runtime, query)),
  );

  addRoute(
    api,
    {
      method: 'get',
      path: '/v1/dlq/{id}',
      summary: 'One dead letter',
      tag: 'Dead letters',
      scope: 'operate',
      params,
      answers: { 200: { description: 'The dead letter', schema: schema.deadLetter } },
      errors: ['not-found'],
    },
    async ({ c, params: { id } }) => json(c, deadLetterOf(await deadLetterRow(runtime, id))),
  );

  addRoute(
    api,
    {
      method: 'post',
      path: '/v1/dlq/{id}/retry',
      summary: 'Put the payload through the gate again, as it arrived; its identity stays',
      tag: 'Dead letters',
      scope: 'operate',
      params,
      answers: { 200: { description: 'It is logged now', schema: schema.deadLetter } },
      errors: ['not-found', 'conflict', 'contract-violation'],
    },
    async ({ c, params: { id } }) => {
      const row = await deadLetterRow(runtime, id);
      const headers = new Headers(JSON.parse(String(row.headers)) as Record<string, string>);
      // An element of a batch lies here on its own, so it is read as a structured event.
      headers.set('content-type', String(row.content_type).replace(/cloudevents-batch\+json/i, 'cloudevents+json'));
      const [incoming] = readEvents(headers, row.payload as Uint8Array).incoming;
      if (incoming === undefined) throw new EdgeError('contract-violation', 'The payload holds no event.');
      await resolveDeadLetter(runtime, id, 'retried', incoming);
      return json(c, deadLetterOf(await deadLetterRow(runtime, id)));
    },
  );

  addRoute(
    api,
    {
      method: 'post',
      path: '/v1/dlq/{id}/discard',
      summary: 'Settle a dead letter without applying it; the payload stays readable',
      tag: 'Dead letters',
      scope: 'operate',
      params,
      answers: { 200: { description: 'Discarded', schema: schema.deadLetter } },
      errors: ['not-found', 'conflict'],
    },
    async ({ c, params: { id } }) => {
      await deadLetterRow(runtime, id);
      await resolveDeadLetter(runtime, id, 'discarded');
      return json(c, deadLetterOf(await deadLetterRow(runtime, id)));
    },
  );
}
