import type { OpenAPIHono, z } from '@hono/zod-openapi';
import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { EdgeError, ERRORS, type ErrorCode, type Violation } from '../core/errors.ts';
import { limits } from '../core/limits.ts';
import { jsonPointer } from '../events/validate.ts';
import type { Runtime } from '../runtime.ts';
import type { Authenticate, Principal, Scope } from './auth.ts';
import { decodeText, parseJson, readBytes } from './body.ts';
import { PROBLEM_JSON } from './problem.ts';
import { problem } from './schemas.ts';

/** What routes are built on. */
export interface Api {
  readonly app: OpenAPIHono;
  readonly runtime: Runtime;
  readonly authenticate: Authenticate;
}

type Shape = z.ZodObject;
type In<Schema> = Schema extends z.ZodType ? z.infer<Schema> : undefined;

export interface RouteSpec<
  Params extends Shape | undefined,
  Query extends Shape | undefined,
  Body extends z.ZodType | undefined,
> {
  readonly method: 'get' | 'post';
  /** With parameters as `{name}`. */
  readonly path: string;
  readonly summary: string;
  readonly tag: string;
  /** What the caller has to be allowed; `undefined` for routes that everybody may call. */
  readonly scope: Scope | undefined;
  readonly params?: Params;
  readonly query?: Query;
  readonly headers?: Shape;
  readonly body?: Body;
  readonly bytesMax?: number;
  /** Successful answers by status. */
  readonly answers: Readonly<
    Record<number, { readonly description: string; readonly schema?: z.ZodType; readonly type?: string }>
  >;
  /** The errors that a caller should expect, besides those of every route. */
  readonly errors?: readonly ErrorCode[];
}

export interface RouteInput<Params, Query, Body> {
  readonly c: Context;
  readonly params: Params;
  readonly query: Query;
  readonly body: Body;
  readonly principal: Principal | undefined;
}

/** Adds a route to the app and to its OpenAPI description: the one place where either happens. */
export function addRoute<
  Params extends Shape | undefined = undefined,
  Query extends Shape | undefined = undefined,
  Body extends z.ZodType | undefined = undefined,
>(
  api: Api,
  spec: RouteSpec<Params, Query, Body>,
  handler: (input: RouteInput<In<Params>, In<Query>, In<Body>>) => Response | Promise<Response>,
): void {
  describe(api.app, spec);
  const path = spec.path.replaceAll(/\{(\w+)\}/g, ':$1');
  const bytesMax = spec.bytesMax ?? limits.bodyBytes;
  api.app.on(spec.method.toUpperCase(), path, async (c) => {
    if (spec.method === 'post') refuseForeignPage(c.req.raw);
    const principal = spec.scope === undefined ? undefined : await authorise(api.authenticate, c.req.raw, spec.scope);
    const params = spec.params === undefined ? undefined : checked(spec.params, c.req.param(), '');
    const query = spec.query === undefined ? undefined : checked(spec.query, c.req.query(), '');
    const body = spec.body === undefined ? undefined : checked(spec.body, await readJson(c.req.raw, bytesMax), '');
    return handler({ c, params, query, body, principal } as RouteInput<In<Params>, In<Query>, In<Body>>);
  });
}

/** Who calls, when they may. @throws {EdgeError} `unauthorized`, `forbidden`. */
export async function authorise(authenticate: Authenticate, request: Request, scope: Scope): Promise<Principal> {
  const principal = await authenticate(request);
  if (!principal.scopes.has(scope)) {
    throw new EdgeError('forbidden', `This needs the scope dealeriq:${scope}, which the access token lacks.`);
  }
  return principal;
}

/**
 * A page of another site can make a browser post without a body to a box on loopback, and so pause its sync. Browsers
 * say so themselves (https://www.w3.org/TR/fetch-metadata/); programs do not send the header.
 */
function refuseForeignPage(request: Request): void {
  const site = request.headers.get('sec-fetch-site');
  if (site === 'cross-site' || site === 'same-site') {
    throw new EdgeError('forbidden', 'A page of another site asked for this. Only pages of this box may.');
  }
}

async function readJson(request: Request, bytesMax: number): Promise<unknown> {
  const type = request.headers.get('content-type') ?? '';
  // Only JSON: form types are what a foreign page can send without asking (CSRF).
  if (!/^application\/(?:[\w.+-]+\+)?json\s*(?:;|$)/i.test(type)) {
    throw new EdgeError('unsupported-media-type', `Send application/json, not "${type.slice(0, 100)}".`);
  }
  return parseJson(decodeText(await readBytes(request, bytesMax)));
}

/** A value that fits its schema. @throws {EdgeError} `validation-failed` with a pointer for each problem. */
export function checked<Schema extends z.ZodType>(schema: Schema, value: unknown, base: string): z.infer<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const violations: Violation[] = result.error.issues.slice(0, 100).map((issue) => ({
    pointer: base + jsonPointer(issue.path),
    code: issue.code.replaceAll('_', '-'),
    detail: issue.message,
  }));
  const first = violations[0];
  throw new EdgeError('validation-failed', `${first?.pointer === '' ? 'The body' : first?.pointer}: ${first?.detail}`, {
    violations,
  });
}

/** A JSON answer. */
export function json(c: Context, value: unknown, status: ContentfulStatusCode = 200): Response {
  return c.json(value as object, status);
}

function describe(
  app: OpenAPIHono,
  spec: RouteSpec<Shape | undefined, Shape | undefined, z.ZodType | undefined>,
): void {
  const errors = new Set<ErrorCode>([
    ...(spec.errors ?? []),
    ...(spec.body === undefined
      ? []
      : (['invalid-request', 'payload-too-large', 'unsupported-media-type', 'validation-failed'] as const)),
    ...(spec.params === undefined && spec.query === undefined ? [] : (['validation-failed'] as const)),
    ...('cursor' in (spec.query?.shape ?? {}) ? (['invalid-request'] as const) : []),
    ...(spec.scope === undefined ? [] : (['unauthorized', 'forbidden'] as const)),
  ]);
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of errors) byStatus.set(ERRORS[code].status, [...(byStatus.get(ERRORS[code].status) ?? []), code]);
  app.openAPIRegistry.registerPath({
    method: spec.method,
    path: spec.path,
    summary: spec.summary,
    tags: [spec.tag],
    security: spec.scope === undefined ? [] : [{ oauth2: [`dealeriq:${spec.scope}`] }],
    request: {
      ...(spec.params === undefined ? {} : { params: spec.params }),
      ...(spec.query === undefined ? {} : { query: spec.query }),
      ...(spec.headers === undefined ? {} : { headers: spec.headers }),
      ...(spec.body === undefined
        ? {}
        : { body: { required: true, content: { 'application/json': { schema: spec.body } } } }),
    },
    responses: {
      ...Object.fromEntries(
        Object.entries(spec.answers).map(([status, answer]) => [
          status,
          {
            description: answer.description,
            ...(answer.schema === undefined && answer.type === undefined
              ? {}
              : {
                  content: {
                    [answer.type ?? 'application/json']: { schema: answer.schema ?? { type: 'string' as const } },
                  },
                }),
          },
        ]),
      ),
      ...Object.fromEntries(
        [...byStatus].map(([status, codes]) => [
          status,
          {
            description: codes.map((code) => `\`${code}\`: ${ERRORS[code].title}`).join('; '),
            content: { [PROBLEM_JSON]: { schema: problem } },
          },
        ]),
      ),
    },
  });
}
