import { effect, signal } from '@preact/signals';
import { box } from '../api/box.ts';
import { boxReachable } from '../api/http.ts';
import type { SyncStatus } from '../api/types.ts';
import { onNotice } from './notifications.ts';

/** The two links: this device to the box (`boxReachable`), and the box to the centre (`sync`). */

export interface Centre {
  readonly status: SyncStatus;
  readonly checkedAtMs: number;
}

export const centre = signal<Centre | undefined>(undefined);

const POLL_MS = 5_000;
const POLL_WHEN_LOST_MS = 2_000;

let timer: ReturnType<typeof setTimeout> | undefined;
let checking = false;

async function check(): Promise<void> {
  if (checking) return;
  checking = true;
  clearTimeout(timer);
  try {
    const status = await box.sync();
    centre.value = { status, checkedAtMs: Date.now() };
  } catch {
    // `boxReachable` already says so; a refusal keeps the last known state.
  } finally {
    checking = false;
    timer = setTimeout(() => void check(), boxReachable.value === false ? POLL_WHEN_LOST_MS : POLL_MS);
  }
}

/** Asks at once, soon after every notice, when the network comes back, and every few seconds as a safety net. */
export function startConnection(): void {
  let soon: ReturnType<typeof setTimeout> | undefined;
  const checkSoon = () => {
    clearTimeout(soon);
    soon = setTimeout(() => void check(), 100);
  };
  onNotice(checkSoon);
  addEventListener('online', checkSoon);
  addEventListener('focus', checkSoon);
  effect(() => {
    if (boxReachable.value === true) checkSoon();
  });
  void check();
}
