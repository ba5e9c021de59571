import { z } from '@hono/zod-openapi';

/** What every part of the API shares. */

/** A value that may be null. */
export const nullable = <Schema extends z.ZodType>(schema: Schema) => schema.nullable();

export const problem = z
  .object({
    type: z.string().describe('`urn:dealeriq:problem:<code>`; stable'),
    title: z.string(),
    status: z.int(),
    detail: z.string().describe('What happened, to which thing, and what to do'),
    violations: z.array(z.object({ pointer: z.string(), code: z.string(), detail: z.string() })).optional(),
  })
  .catchall(z.unknown())
  .openapi('Problem');

/** A page of a list; `nextCursor` is absent on the last one. */
export function page<Schema extends z.ZodType>(item: Schema) {
  return z.object({ items: z.array(item), nextCursor: z.string().optional() });
}

export const pageQuery = {
  cursor: z.string().max(500).optional().describe('`nextCursor` of the page before'),
  limit: z.coerce.number().int().min(1).max(500).default(50),
};
