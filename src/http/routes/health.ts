import { z } from '@hono/zod-openapi';
import type { Metrics } from '../../core/ports.ts';
import { type Api, addRoute, json } from '../api.ts';

/** Why a box is not ready, as one line a reason. */
export type Readiness = () => Promise<readonly string[]>;

/** Liveness, readiness and metrics. */
export function healthRoutes(api: Api, options: { readiness: Readiness; metrics: Metrics; version: string }): void {
  const startedMs = api.runtime.ports.clock.nowMs();

  addRoute(
    api,
    {
      method: 'get',
      path: '/livez',
      summary: 'Whether the process answers',
      tag: 'Operations',
      scope: undefined,
      answers: { 200: { description: 'It does', schema: z.object({ status: z.literal('ok') }) } },
    },
    ({ c }) => json(c, { status: 'ok' }),
  );

  const ready = z.object({
    status: z.enum(['ready', 'not-ready']),
    reasons: z.array(z.string()),
    version: z.string(),
    uptimeMs: z.int(),
  });

  addRoute(
    api,
    {
      method: 'get',
      path: '/readyz',
      summary: 'Whether orders can be taken, and if not, why',
      tag: 'Operations',
      scope: undefined,
      answers: { 200: { description: 'Ready', schema: ready }, 503: { description: 'Not ready', schema: ready } },
    },
    async ({ c }) => {
      const reasons = await options.readiness();
      const uptimeMs = api.runtime.ports.clock.nowMs() - startedMs;
      const status = reasons.length === 0 ? 'ready' : 'not-ready';
      return json(c, { status, reasons, version: options.version, uptimeMs }, reasons.length === 0 ? 200 : 503);
    },
  );

  addRoute(
    api,
    {
      method: 'get',
      path: '/metrics',
      summary: 'Metrics for Prometheus',
      tag: 'Operations',
      scope: undefined,
      answers: { 200: { description: 'The text exposition format', type: 'text/plain' } },
    },
    async ({ c }) =>
      c.text(await options.metrics.text(), 200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }),
  );
}
