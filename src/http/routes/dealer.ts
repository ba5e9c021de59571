import type { z } from '@hono/zod-openapi';
import { EdgeError } from '../../core/errors.ts';
import { dealerCreated } from '../../events/transactional/dealer.ts';
import { readView } from '../../runtime/read-view.ts';
import { type Api, addRoute, json } from '../api.ts';

/** The dealer whose box this is. */
export function dealerRoutes(api: Api): void {
  const { runtime } = api;
  addRoute(
    api,
    {
      method: 'get',
      path: '/v1/dealer',
      summary: 'The profile of the dealer whose box this is',
      tag: 'Dealer',
      scope: 'read',
      answers: { 200: { description: 'The profile', schema: dealerCreated.schema as z.ZodType } },
      errors: ['not-found'],
    },
    async ({ c }) => {
      const { dealerId } = runtime.identity;
      const view = await readView(runtime.store, [{ kind: 'dealer', key: dealerId }]);
      const profile = view.get('dealer', dealerId);
      if (profile === undefined) {
        throw new EdgeError(
          'not-found',
          `Dealer ${dealerId} has no profile here yet. Sync once, import one, or check DEALER_ID.`,
        );
      }
      return json(c, profile);
    },
  );
}
