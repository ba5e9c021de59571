/** A linked box in a process of its own, to be put into a network namespace: `nats-site-process.ts <options as JSON>`. */
import type { HubAddress } from '../../edge/node/nats.ts';
import { openSite, type SiteOptions } from './nats-site.ts';
import { drained } from './nats-stream.ts';

const options = JSON.parse(process.argv[2] ?? '{}') as SiteOptions & { readonly hub: HubAddress };
const site = await openSite(options.hub, options);

process.on('disconnect', () => process.exit(1));
process.on('message', ({ id, what, orders }: { id: number; what: string; orders: number }) => {
  void answer(what, orders).then(
    (value) => process.send?.({ id, value }),
    (error: unknown) => process.send?.({ id, error: String(error) }),
  );
});
process.send?.({ id: 0, value: 'ready' });

async function answer(what: string, orders: number): Promise<unknown> {
  if (what === 'place') return site.place(orders);
  if (what === 'drained') return drained(site, 60_000);
  if (what === 'logged') return { live: await site.logged('live'), bulk: await site.logged('bulk') };
  if (what === 'close') return site.close();
  throw new Error(`No answer to ${what}.`);
}
