import type { NatsConnection } from '@nats-io/nats-core';
import { publishReceipt, type Receipt } from '../jetstream/up-hub.ts';
import { laneOfKey, type Watermark } from './checkpoint.ts';

/** Tells dealers how far Kafka has their events. */
export interface Receipts {
  /** Of these lanes (keys of the checkpoint); does not wait. A later word replaces one that is not sent yet. */
  tell(keys: readonly string[]): void;
  /** Resolves once nothing is on its way. */
  settled(): Promise<void>;
}

/** Receipts on their way to the hub at once. */
const AT_ONCE = 64;

/**
 * Receipts out of the watermarks as they are when one is sent. One that gets lost does no harm: the dealer keeps its
 * events until the next one.
 */
export function createReceipts(nc: NatsConnection, watermarks: ReadonlyMap<string, Watermark>): Receipts {
  const waiting = new Map<string, { readonly dealerId: string; readonly deviceId: string }>();
  let work: Promise<void> | undefined;

  const receiptOf = (dealerId: string, deviceId: string): Receipt => {
    const lanes: Record<string, { epoch: number; sequence: number }> = {};
    for (const [key, { epoch, sequence }] of watermarks) {
      const lane = laneOfKey(key);
      if (lane.dealerId === dealerId && lane.deviceId === deviceId) lanes[lane.lane] = { epoch, sequence };
    }
    return { device: deviceId, lanes };
  };
  const send = async () => {
    while (waiting.size > 0 && !nc.isClosed()) {
      const group = [...waiting].slice(0, AT_ONCE);
      for (const [dealerId] of group) waiting.delete(dealerId);
      await Promise.allSettled(
        group.map(([, { dealerId, deviceId }]) => publishReceipt(nc, dealerId, receiptOf(dealerId, deviceId))),
      );
    }
    work = undefined;
  };
  return {
    tell(keys) {
      for (const key of keys) {
        const { dealerId, deviceId } = laneOfKey(key);
        // Without a device there is nobody to tell.
        if (deviceId !== '') waiting.set(dealerId, { dealerId, deviceId });
      }
      if (waiting.size > 0) work ??= send();
    },
    settled: async () => work,
  };
}
