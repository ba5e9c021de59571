import type { Lane } from '../src/core/event.ts';
import type { UplinkReport } from './core/uplink.ts';

/** What the link has done since the start, for /metrics. */
export class LinkCounters implements UplinkReport {
  readonly sentEvents: Record<Lane, number> = { live: 0, bulk: 0 };
  readonly conflicts: Record<Lane, number> = { live: 0, bulk: 0 };
  readonly resends: Record<Lane, number> = { live: 0, bulk: 0 };
  appliedDeliveries = 0;
  gaps = 0;
  /** Why a lane stands still; `undefined` when it does not. */
  readonly blockedLanes: Record<Lane, string | undefined> = { live: undefined, bulk: undefined };
  /** Called with each answer of the hub: how long it took in milliseconds. */
  onAck: (lane: Lane, milliseconds: number) => void = () => undefined;

  sent(lane: Lane, events: number, ackMs: number): void {
    this.sentEvents[lane] += events;
    this.blockedLanes[lane] = undefined;
    this.onAck(lane, ackMs);
  }

  conflict(lane: Lane): void {
    this.conflicts[lane] += 1;
  }

  resent(lane: Lane): void {
    this.resends[lane] += 1;
  }

  blocked(lane: Lane, reason: string): void {
    this.blockedLanes[lane] = reason;
  }

  applied(deliveries: number): void {
    this.appliedDeliveries += deliveries;
  }

  gap(): void {
    this.gaps += 1;
  }
}
