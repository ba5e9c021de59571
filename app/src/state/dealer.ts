import { signal } from '@preact/signals';
import { box } from '../api/box.ts';
import { boxReachable } from '../api/http.ts';
import type { Dealer } from '../api/types.ts';
import { locale } from '../format/format.ts';
import { onNotice } from './notifications.ts';

const STORED_AT = 'dealeriq.dealer';

/** The dealer this box belongs to; the last known one is shown at once, so that a cold start without a box has a name. */
export const dealer = signal<Dealer | undefined>(stored());

export async function loadDealer(): Promise<void> {
  try {
    const answer = await box.dealer();
    dealer.value = answer;
    locale.value = supported(answer.language);
    localStorage.setItem(STORED_AT, JSON.stringify(answer));
  } catch {
    // Tried again when the box is back.
  }
}

export function startDealer(): void {
  if (dealer.value !== undefined) locale.value = supported(dealer.value.language);
  void loadDealer();
  onNotice((notice) => {
    if (notice.type.startsWith('dealer.')) void loadDealer();
  });
  boxReachable.subscribe((reachable) => {
    if (reachable === true && dealer.value === undefined) void loadDealer();
  });
}

function stored(): Dealer | undefined {
  try {
    return (JSON.parse(localStorage.getItem(STORED_AT) ?? 'null') as Dealer | null) ?? undefined;
  } catch {
    return undefined;
  }
}

function supported(language: string): string {
  try {
    return Intl.NumberFormat.supportedLocalesOf([language]).length > 0 ? language : 'en';
  } catch {
    return 'en';
  }
}
