import type { Link } from '../../runtime/link.ts';
import { laneStatus } from '../../runtime/link.ts';
import { type Api, addRoute, json } from '../api.ts';
import { countDeadLetters } from '../read/dead-letters.ts';
import { countOrdersWaiting } from '../read/orders.ts';
import * as schema from '../schemas.ts';

/** The link to the centre and what waits for it. */
export function syncRoutes(api: Api, link: Link): void {
  const { runtime } = api;

  const status = async () => {
    const { state, detail, sinceMs, lastOnlineMs } = link.state();
    return {
      dealerId: runtime.identity.dealerId,
      deviceId: runtime.identity.deviceId,
      epoch: runtime.identity.epoch,
      link: {
        state,
        detail,
        since: new Date(sinceMs).toISOString(),
        lastOnlineAt: lastOnlineMs === undefined ? null : new Date(lastOnlineMs).toISOString(),
      },
      ordersWaiting: await countOrdersWaiting(runtime),
      outbound: { live: await laneStatus(runtime, 'live'), bulk: await laneStatus(runtime, 'bulk') },
      inbound: await link.inbound(),
      deadLetters: await countDeadLetters(runtime),
    };
  };
  const answers = { 200: { description: 'The status', schema: schema.syncStatus } };

  addRoute(
    api,
    {
      method: 'get',
      path: '/v1/sync',
      summary: 'Link state and what waits in each lane',
      tag: 'Sync',
      scope: 'read',
      answers,
    },
    async ({ c }) => json(c, await status()),
  );

  addRoute(
    api,
    {
      method: 'post',
      path: '/v1/sync/pause',
      summary: 'Stop sending and receiving',
      tag: 'Sync',
      scope: 'operate',
      answers,
    },
    async ({ c }) => {
      await link.pause();
      return json(c, await status());
    },
  );

  addRoute(
    api,
    {
      method: 'post',
      path: '/v1/sync/resume',
      summary: 'Send and receive again',
      tag: 'Sync',
      scope: 'operate',
      answers,
    },
    async ({ c }) => {
      await link.resume();
      return json(c, await status());
    },
  );
}
