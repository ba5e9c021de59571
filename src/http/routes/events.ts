import { z } from '@hono/zod-openapi';
import { limits } from '../../core/limits.ts';
import type { Incoming } from '../../runtime/receive.ts';
import { readLog } from '../../store/log.ts';
import { type Api, addRoute, json } from '../api.ts';
import { readBytes } from '../body.ts';
import { readEvents } from '../cloud-events.ts';
import * as schema from '../schemas.ts';

/** The event gateway and the log. */
export function eventRoutes(api: Api): void {
  const { runtime } = api;

  addRoute(
    api,
    {
      method: 'post',
      path: '/v1/events',
      summary: 'Take in CloudEvents: structured, binary or batch; each is answered on its own',
      tag: 'Events',
      scope: 'events',
      answers: {
        201: { description: 'Logged', schema: schema.gatewayResult },
        200: { description: 'Had been logged before', schema: schema.gatewayResult },
        207: {
          description: 'Of a batch: one result an event, in order',
          schema: z.object({ results: z.array(schema.gatewayResult) }),
        },
        422: { description: 'Refused; it lies in the dead letters as it arrived', schema: schema.gatewayResult },
      },
      errors: ['invalid-request', 'payload-too-large', 'unsupported-media-type', 'storage-full'],
    },
    async ({ c }) => {
      const request = c.req.raw;
      const { incoming, batch } = readEvents(request.headers, await readBytes(request, limits.gatewayBodyBytes));
      // All at once, so that a batch shares commits.
      const results = await Promise.all(incoming.map((one) => take(one)));
      if (batch) return json(c, { results }, 207);
      const [result] = results;
      return json(c, result, result?.status === 'logged' ? 201 : result?.status === 'duplicate' ? 200 : 422);
    },
  );

  addRoute(
    api,
    {
      method: 'get',
      path: '/v1/events',
      summary: 'The log of this box, in the order in which things happened here',
      tag: 'Events',
      scope: 'read',
      query: z.object({
        type: z.string().max(1000).optional().describe('One type, or several with commas'),
        subject: z.string().max(300).optional(),
        after: z.coerce.number().int().min(0).default(0).describe('Only events after this position'),
        limit: z.coerce.number().int().min(1).max(500).default(100),
      }),
      answers: {
        200: {
          description: 'Events',
          schema: z.object({
            items: z.array(schema.event),
            next: z.int().describe('`after` for the next page'),
            head: z.int().describe('The last position of the log'),
          }),
        },
      },
    },
    async ({ c, query }) => {
      const items = await readLog(runtime.store, {
        after: query.after,
        limit: query.limit,
        ...(query.type === undefined ? {} : { types: query.type.split(',') }),
        ...(query.subject === undefined ? {} : { subject: query.subject }),
      });
      return json(c, { items, next: items.at(-1)?.position ?? query.after, head: runtime.head() });
    },
  );

  async function take(incoming: Incoming) {
    const { admission, events, repeated } = await runtime.receive(incoming);
    const named = {
      id: textOr(incoming.attributes.id),
      type: textOr(incoming.attributes.type),
    };
    if (!admission.ok) {
      const { reasonCode, reason, violations, deadLetterId } = admission;
      return { ...named, status: 'refused' as const, reasonCode, reason, violations, deadLetterId };
    }
    return { ...named, status: repeated ? ('duplicate' as const) : ('logged' as const), position: events[0]?.position };
  }
}

function textOr(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}
