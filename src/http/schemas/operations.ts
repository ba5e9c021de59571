import { z } from '@hono/zod-openapi';
import * as field from '../../core/fields.ts';
import { nullable } from './problems-and-pages.ts';

/** The link and replays over HTTP. */

const lane = z.object({
  pending: z.int(),
  oldestAgeMs: z.int().describe('Of the oldest event that is not acknowledged; 0 when nothing is pending'),
  lastAckedSequence: z.int(),
  lastReceiptSequence: z.int(),
});

export const syncStatus = z
  .object({
    dealerId: z.string(),
    deviceId: z.string(),
    epoch: z.int(),
    link: z.object({
      state: z.enum(['offline', 'paused', 'connecting', 'online', 'refused']),
      detail: z.string().describe('In words'),
      since: field.instant,
      lastOnlineAt: nullable(field.instant).describe('When the link was last up, since the start'),
    }),
    ordersWaiting: z.int().describe('Orders of this box that the hub does not have yet'),
    outbound: z.object({ live: lane, bulk: lane }),
    inbound: z.object({ lastAppliedSequence: z.int(), lagMs: z.int() }),
    deadLetters: z.int().describe('Open ones'),
  })
  .openapi('SyncStatus');

export const replayRequest = z
  .object({
    from: z
      .object({ position: z.int().min(0), time: field.instant })
      .partial()
      .optional(),
    to: z
      .object({ position: z.int().min(0), time: field.instant })
      .partial()
      .optional(),
    into: z.enum(['projections', 'evaluation']).default('projections'),
    projections: z.array(z.string()).max(50).optional().describe('Read models; all unless named'),
    dryRun: z.boolean().default(true),
  })
  .openapi('Replay');

export const replayResponse = z
  .object({
    dryRun: z.boolean(),
    into: z.enum(['projections', 'evaluation']),
    from: z.int().describe('First position'),
    to: z.int().describe('Last position'),
    events: z.int(),
    byType: z.record(z.string(), z.int()),
    projections: z.array(
      z.object({
        name: z.string(),
        rows: z.int().optional(),
        sha256: z.string().optional(),
        same: z.boolean().optional(),
      }),
    ),
    milliseconds: z.int(),
  })
  .openapi('ReplayResult');
