import { createHash, timingSafeEqual } from 'node:crypto';
import { Hono } from 'hono';
import { z } from 'zod';
import { EdgeError } from '../../src/core/errors.ts';
import { jsonPointer } from '../../src/events/validate.ts';
import { decodeText, parseJson, readBytes } from '../../src/http/body.ts';
import { decodeCursor, encodeCursor } from '../../src/http/cursor.ts';
import { problemResponse, SECURITY_HEADERS } from '../../src/http/problem.ts';
import type { DeadLetterDesk } from '../../sync/bridge/dead-letters/dead-letter-desk.ts';
import { decodeLetterId } from '../../sync/bridge/dead-letters/letter-id.ts';
import { letterDetail, letterSummary } from './letter-view.ts';
import { isLoopback } from './loopback.ts';

/** Who may work on dead letters; the answer is the name that goes beside what was done. */
export type Authorize = (request: Request) => string | Promise<string>;

export interface CentreRoutesOptions {
  readonly desk: DeadLetterDesk;
  /** @throws {EdgeError} `unauthorized` or `forbidden`. */
  readonly authorize: Authorize;
  /** Told of errors that are nobody's request's fault. */
  readonly report?: (error: unknown) => void;
  /** What stopped Kafka, in words for an operator; see `explainKafka`. */
  readonly explain?: (error: unknown) => unknown;
}

/** A fix holds a payload of up to a megabyte. */
const BODY_BYTES_MAX = 2_000_000;

const pageQuery = z.object({
  status: z.enum(['open', 'retried', 'discarded', 'all']).default('open'),
  dealer: z.string().max(200).optional(),
  type: z.string().max(200).optional(),
  reason: z.string().max(100).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z.string().max(500).optional(),
});

const note = z.string().max(2_000).optional();
const settleBody = z.strictObject({ note });
const fixBody = z
  .strictObject({
    data: z.unknown().optional(),
    set: z.record(z.string().max(500), z.unknown()).optional(),
    attributes: z.record(z.string().max(100), z.string().max(300)).optional(),
    note,
  })
  .refine(({ data, set, attributes }) => data !== undefined || set !== undefined || attributes !== undefined, {
    message: 'give data, set or attributes',
  });

/** The routes for dead letters in Kafka: `/v1/dlq`, to be mounted beside others. Errors are problems of RFC 9457. */
export function centreRoutes({ desk, authorize, report = () => undefined, explain = same }: CentreRoutesOptions): Hono {
  const app = new Hono();
  app.onError((error) => problemResponse(explain(error), report));
  app.use('/v1/dlq/*', async (c, next) => {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) c.header(name, value);
    await next();
  });

  app.get('/v1/dlq', async (c) => {
    await authorize(c.req.raw);
    const { status, reason, cursor, ...query } = read(pageQuery, c.req.query());
    const [storedMs, partition, offset] = cursor === undefined ? [] : decodeCursor(cursor, ['count', 'count', 'text']);
    const { items, next } = await desk.list({
      ...query,
      status: status === 'all' ? undefined : status,
      reasonCode: reason,
      ...(storedMs === undefined || partition === undefined || offset === undefined
        ? {}
        : { after: { storedMs, partition, offset: placeOf(offset) } }),
    });
    return c.json({
      items: items.map(letterSummary),
      ...(next === undefined ? {} : { nextCursor: encodeCursor([next.storedMs, next.partition, String(next.offset)]) }),
    });
  });

  app.get('/v1/dlq/:id', async (c) => {
    await authorize(c.req.raw);
    return c.json(letterDetail(await desk.show(decodeLetterId(c.req.param('id')))));
  });

  app.post('/v1/dlq/:id/fix', async (c) => {
    const by = await authorize(c.req.raw);
    const { data, set = {}, attributes = {}, note: why } = read(fixBody, await bodyOf(c.req.raw));
    const changes = Object.entries(set).map(([pointer, value]) => ({ pointer, value }));
    const id = decodeLetterId(c.req.param('id'));
    return c.json(letterDetail(await desk.fix(id, { data, changes, attributes }, { by, note: why })));
  });

  for (const action of ['retry', 'discard'] as const) {
    app.post(`/v1/dlq/:id/${action}`, async (c) => {
      const by = await authorize(c.req.raw);
      const { note: why } = read(settleBody, await bodyOf(c.req.raw));
      const settled = await desk[action](decodeLetterId(c.req.param('id')), { by, note: why });
      return c.json({ ...letterDetail(settled), changed: settled.changed });
    });
  }
  return app;
}

/**
 * For a server on loopback: whoever reaches it may do everything. The Host header has to name loopback too, because a
 * page of another site can make its own name lead here.
 */
export function loopbackOnly(by: string): Authorize {
  return (request) => {
    const host = new URL(request.url).hostname.replace(/^\[|\]$/g, '');
    if (isLoopback(host)) return by;
    throw new EdgeError('forbidden', `This server answers on loopback only, not as "${host}".`);
  };
}

/** For any other server: a bearer token (RFC 6750) that the operator was given. */
export function bearerToken(token: string, by = 'operator'): Authorize {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  const expected = digest(token);
  return (request) => {
    const given = /^Bearer ([^\s]+)$/i.exec(request.headers.get('authorization') ?? '')?.[1];
    if (given !== undefined && timingSafeEqual(digest(given), expected)) return by;
    throw new EdgeError('unauthorized', 'Send the token of this server in the Authorization header: Bearer <token>.');
  };
}

/** Only JSON: a form of another site can send anything else without asking. */
async function bodyOf(request: Request): Promise<unknown> {
  const type = request.headers.get('content-type') ?? '';
  if (!/^application\/json\s*(?:;|$)/i.test(type)) {
    throw new EdgeError(
      'unsupported-media-type',
      'Send JSON with content-type: application/json; {} when there is nothing to say.',
    );
  }
  return parseJson(decodeText(await readBytes(request, BODY_BYTES_MAX)));
}

function read<Schema extends z.ZodType>(schema: Schema, value: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new EdgeError('validation-failed', 'The request does not fit.', {
    violations: parsed.error.issues.map(({ path, code, message }) => ({
      pointer: jsonPointer(path),
      code: code.replaceAll('_', '-'),
      detail: message,
    })),
  });
}

function placeOf(offset: string): bigint {
  if (/^\d{1,19}$/.test(offset)) return BigInt(offset);
  throw new EdgeError('invalid-request', 'The cursor is not one that a page here gave out. Start from the first page.');
}

function same(error: unknown): unknown {
  return error;
}
