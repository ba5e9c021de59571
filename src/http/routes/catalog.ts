import { z } from '@hono/zod-openapi';
import { EdgeError } from '../../core/errors.ts';
import { avroSchemaOf } from '../../events/avro.ts';
import { catalog, definitionOf } from '../../events/catalog.ts';
import { catalogRow, catalogRows } from '../../events/catalog-page.ts';
import { jsonSchemaOf } from '../../events/json-schema.ts';
import { type Api, addRoute, json } from '../api.ts';

const row = z
  .object({
    type: z.string(),
    layer: z.enum(['transactional', 'ml', 'genai', 'ops']),
    version: z.int(),
    direction: z.enum(['up', 'down', 'both']),
    lane: z.enum(['live', 'bulk']),
    producer: z.string(),
    consumers: z.array(z.string()),
    purpose: z.string(),
    patterns: z.array(z.string()),
    personal: z.array(z.string()),
    extension: z.boolean(),
    schema: z.string(),
    topic: z.string(),
    registrySubject: z.string(),
    natsSubjects: z.array(z.string()),
  })
  .openapi('EventType');

/** The event catalogue. */
export function catalogRoutes(api: Api): void {
  const naming = { dealerId: api.runtime.identity.dealerId };

  addRoute(
    api,
    {
      method: 'get',
      path: '/v1/catalog',
      summary: 'Every event type, with its direction, producer, consumers and names',
      tag: 'Events',
      scope: 'read',
      answers: { 200: { description: 'Event types', schema: z.object({ items: z.array(row) }) } },
    },
    ({ c }) => json(c, { items: catalogRows(catalog.values(), naming) }),
  );

  addRoute(
    api,
    {
      method: 'get',
      path: '/v1/catalog/{type}',
      summary: 'One event type with its schemas and an example',
      tag: 'Events',
      scope: 'read',
      params: z.object({ type: z.string().max(200) }),
      answers: {
        200: {
          description: 'The event type',
          schema: row.extend({ jsonSchema: z.unknown(), avroSchema: z.unknown(), example: z.unknown() }),
        },
      },
      errors: ['not-found'],
    },
    ({ c, params: { type } }) => {
      const definition = definitionOf(type);
      if (definition === undefined) {
        throw new EdgeError('not-found', `The catalogue has no event type ${type}. GET /v1/catalog lists all.`);
      }
      return json(c, {
        ...catalogRow(definition, naming),
        jsonSchema: jsonSchemaOf(definition),
        avroSchema: avroSchemaOf(definition),
        example: definition.example,
      });
    },
  );
}
