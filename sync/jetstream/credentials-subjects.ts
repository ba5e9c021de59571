import { DOWN, downConsumer, RECEIPTS, SNAPSHOTS, UP } from './streams.ts';

/**
 * Who may use which subjects: allow-lists only, because deny rules have been bypassed before.
 *
 * A server does not check the subject that a client asks to be answered at. Within one account a dealer could so have
 * an answer, or an event of its own, written to the up subjects of another. Therefore every dealer has an account of
 * its own, which holds nothing, and reaches the hub's account only by the services that are imported for it: an
 * answer stays in the dealer's own account.
 */

/** Something of the hub's account that dealers use. */
interface HubService {
  readonly name: string;
  /** As the hub's account exports it. */
  readonly exported: string;
  /** As one dealer's account imports it. */
  imported(dealerId: string): string;
  /** Whether one request has several answers. */
  readonly streams?: boolean;
}

/** All that a dealer can reach, in one place. */
export const hubServices: readonly HubService[] = [
  { name: 'up', exported: 'dealeriq.up.*.>', imported: (dealerId) => `dealeriq.up.${dealerId}.>` },
  {
    name: 'up-last',
    exported: `$JS.API.DIRECT.GET.${UP}.dealeriq.up.*.>`,
    imported: (dealerId) => `$JS.API.DIRECT.GET.${UP}.dealeriq.up.${dealerId}.>`,
  },
  {
    name: 'receipt',
    exported: `$JS.API.DIRECT.GET.${RECEIPTS}.dealeriq.receipt.*`,
    imported: (dealerId) => `$JS.API.DIRECT.GET.${RECEIPTS}.dealeriq.receipt.${dealerId}`,
  },
  {
    name: 'snapshot',
    exported: `$JS.API.DIRECT.GET.${SNAPSHOTS}.dealeriq.snapshot.*.>`,
    imported: (dealerId) => `$JS.API.DIRECT.GET.${SNAPSHOTS}.dealeriq.snapshot.${dealerId}.>`,
  },
  {
    name: 'down-info',
    exported: `$JS.API.CONSUMER.INFO.${DOWN}.*`,
    imported: (dealerId) => `$JS.API.CONSUMER.INFO.${DOWN}.${downConsumer(dealerId)}`,
  },
  {
    name: 'down-reset',
    exported: `$JS.API.CONSUMER.RESET.${DOWN}.*`,
    imported: (dealerId) => `$JS.API.CONSUMER.RESET.${DOWN}.${downConsumer(dealerId)}`,
  },
  {
    name: 'down-next',
    exported: `$JS.API.CONSUMER.MSG.NEXT.${DOWN}.*`,
    imported: (dealerId) => `$JS.API.CONSUMER.MSG.NEXT.${DOWN}.${downConsumer(dealerId)}`,
    streams: true,
  },
  {
    name: 'down-ack',
    exported: `$JS.ACK.${DOWN}.*.>`,
    imported: (dealerId) => `$JS.ACK.${DOWN}.${downConsumer(dealerId)}.>`,
  },
];

/**
 * Nothing listens here. An account without streams otherwise gets an API of its own that answers every request with
 * "not enabled", before the hub's answer; importing its `$JS.API.INFO` from somewhere else keeps the server from that.
 */
export const NOTHING = 'dealeriq.nothing';
export const JETSTREAM_INFO = '$JS.API.INFO';

/**
 * Leaf nodes let nothing of `$JS.API` through. A leaf maps it to this name, under which each dealer's account imports
 * the same services once more (docs/runbooks/hub.md).
 */
const LEAF_API = 'dealeriq.api';

/** The services of one dealer: where its account has each, and what it is in the hub's account. */
export function dealerImports(dealerId: string): readonly { name: string; from: string; as: string }[] {
  const direct = hubServices.map(({ name, imported }) => ({ name, from: imported(dealerId), as: imported(dealerId) }));
  const throughLeaf = direct
    .filter(({ from }) => from.startsWith('$JS.API.'))
    .map(({ name, from }) => ({ name: `${name}-leaf`, from, as: from.replace('$JS.API', LEAF_API) }));
  return [...direct, ...throughLeaf];
}

/** What a user may publish and subscribe to. */
export interface Allowed {
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
}

/** The inbox subjects of a user: nobody else's answers can be read. */
export function inboxOf(name: string): string {
  return `_INBOX.${name}`;
}

/** A box of one dealer: its own subjects, named one by one. */
export function dealerAllowed(dealerId: string): Allowed {
  return {
    publish: dealerImports(dealerId).map(({ as }) => as),
    subscribe: [`${inboxOf(dealerId)}.>`],
  };
}

/** The bridge: reads what went up, writes what goes down. */
export const bridgeAllowed: Allowed = {
  publish: [
    'dealeriq.down.*.>',
    'dealeriq.bridge.down.>',
    'dealeriq.receipt.*',
    'dealeriq.snapshot.*.>',
    `$JS.API.STREAM.INFO.${UP}`,
    `$JS.API.STREAM.INFO.${DOWN}`,
    `$JS.API.STREAM.PURGE.${UP}`,
    `$JS.API.STREAM.PURGE.${DOWN}`,
    `$JS.API.DIRECT.GET.${UP}.>`,
    `$JS.API.DIRECT.GET.${UP}`,
    `$JS.API.DIRECT.GET.${DOWN}.>`,
    `$JS.API.DIRECT.GET.${RECEIPTS}.>`,
    `$JS.API.CONSUMER.CREATE.${UP}.>`,
    `$JS.API.CONSUMER.CREATE.${UP}`,
    `$JS.API.CONSUMER.INFO.${UP}.*`,
    `$JS.API.CONSUMER.RESET.${UP}.*`,
    `$JS.API.CONSUMER.DELETE.${UP}.*`,
    `$JS.API.CONSUMER.MSG.NEXT.${UP}.*`,
    `$JS.ACK.${UP}.>`,
    '$JS.FC.>',
  ],
  subscribe: [`${inboxOf('bridge')}.>`],
};

/** The operator's own user: makes streams and consumers, looks at everything. */
export const adminAllowed: Allowed = {
  publish: ['$JS.API.>', '$JS.ACK.>', '$JS.FC.>', 'dealeriq.>'],
  subscribe: [`${inboxOf('admin')}.>`, 'dealeriq.>'],
};
