import type { OpenAPIHono } from '@hono/zod-openapi';
import { EdgeError } from '../core/errors.ts';
import { problemResponse } from './problem.ts';

/**
 * Answers the methods that a path does not take: OPTIONS with the ones that it does, any other with 405. Called after
 * the last route, because Hono tries routes in the order in which they were added.
 */
export function otherMethods(app: OpenAPIHono): void {
  const taken = new Map<string, Set<string>>();
  for (const { path, method } of app.routes) {
    if (method === 'ALL') continue;
    const methods = taken.get(path) ?? new Set(['OPTIONS']);
    methods.add(method);
    // Hono answers HEAD by the route for GET.
    if (method === 'GET') methods.add('HEAD');
    taken.set(path, methods);
  }
  for (const [path, methods] of taken) {
    const allow = [...methods].sort().join(', ');
    app.all(path, (c) => {
      if (c.req.method === 'OPTIONS') return c.body(null, 204, { allow });
      const refusal = problemResponse(
        new EdgeError('method-not-allowed', `${c.req.method} is not for this address. It takes ${allow}.`),
        () => undefined,
      );
      refusal.headers.set('allow', allow);
      return refusal;
    });
  }
}
