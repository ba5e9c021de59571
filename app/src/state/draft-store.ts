import { computed, signal } from '@preact/signals';
import {
  type Attempt,
  addProduct,
  type Draft,
  editLine,
  emptyDraft,
  hasContent,
  parseDraft,
  removeLine,
} from './draft.ts';
import { newId } from './ids.ts';

/** The one draft of this device. It is written to storage with every change, before anything else happens. */

const STORED_AT = 'dealeriq.draft';

const initial = readStored() ?? emptyDraft(newId);

export const draft = signal<Draft>(initial);

/** Whether the storage took the last change. */
export const draftSaved = signal(true);

export const lineCount = computed(() => draft.value.lines.filter((line) => line.sku.trim() !== '').length);

export function readStored(): Draft | undefined {
  try {
    return parseDraft(localStorage.getItem(STORED_AT), newId);
  } catch {
    return undefined;
  }
}

function write(next: Draft): void {
  try {
    if (hasContent(next)) localStorage.setItem(STORED_AT, JSON.stringify(next));
    else localStorage.removeItem(STORED_AT);
    draftSaved.value = true;
  } catch {
    draftSaved.value = false;
  }
  draft.value = next;
}

export const edit = {
  line: (id: string, change: { sku?: string; quantity?: string }) => write(editLine(draft.value, id, change, newId)),
  remove: (id: string) => write(removeLine(draft.value, id, newId)),
  add: (sku: string, quantity: number) => write(addProduct(draft.value, sku, quantity, newId)),
  poNumber: (poNumber: string) => write({ ...draft.value, poNumber }),
  note: (note: string) => write({ ...draft.value, note }),
  clear: () => write(emptyDraft(newId)),
};

/** Binds the draft to an attempt, or frees it, and stores that: a reload goes on with the same key. */
export function setAttempt(attempt: Attempt | undefined): void {
  const { attempt: _old, ...rest } = draft.value;
  write(attempt === undefined ? rest : { ...rest, attempt });
}

/** The same content as a new draft, with an id of its own. */
export function startOver(): void {
  const { attempt: _old, ...rest } = draft.value;
  write({ ...rest, draftId: newId() });
}

/** Takes over what another window stored. */
export function adopt(next: Draft): void {
  draft.value = next;
}

/** Follows changes that other windows of this app make. */
export function startDraft(onAdopted: (draft: Draft, replaced: boolean) => void): void {
  addEventListener('storage', (event) => {
    if (event.key !== STORED_AT) return;
    const next = readStored() ?? emptyDraft(newId);
    const replaced = next.draftId !== draft.peek().draftId && hasContent(draft.peek());
    adopt(next);
    onAdopted(next, replaced);
  });
}
