import { signal } from '@preact/signals';

export interface Toast {
  readonly text: string;
  readonly action?: { readonly label: string; readonly href: string };
}

/** What is read out and shown for a moment. */
export const toast = signal<Toast | undefined>(undefined);

const TOAST_MS = 5_000;
let timer: ReturnType<typeof setTimeout> | undefined;

export function announce(text: string, action?: Toast['action']): void {
  toast.value = action === undefined ? { text } : { text, action };
  clearTimeout(timer);
  timer = setTimeout(() => {
    toast.value = undefined;
  }, TOAST_MS);
}
