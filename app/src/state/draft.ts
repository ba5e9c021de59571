import type { OrderLineRequest, PlaceOrder } from '../api/types.ts';
import { parseQuantity } from './quantity.ts';

/** A line as it is being typed; the quantity stays text until it is sent. */
export interface DraftLine {
  readonly id: string;
  readonly sku: string;
  readonly quantity: string;
}

/** An order that was sent: its key stays the same until the box has answered. */
export interface Attempt {
  readonly key: string;
  readonly body: PlaceOrder;
  readonly madeAt: string;
}

/** The order that is being written. All functions here return a new draft; none changes one. */
export interface Draft {
  /** Also the idempotency key of the order that this becomes. */
  readonly draftId: string;
  readonly lines: readonly DraftLine[];
  readonly poNumber: string;
  readonly note: string;
  readonly attempt?: Attempt;
}

export type NewId = () => string;

const isBlank = (line: DraftLine) => line.sku.trim() === '' && line.quantity.trim() === '';

export function emptyDraft(newId: NewId): Draft {
  return { draftId: newId(), lines: [blankLine(newId)], poNumber: '', note: '' };
}

function blankLine(newId: NewId): DraftLine {
  return { id: newId(), sku: '', quantity: '' };
}

/** There is always one blank line at the end to type into. */
function withBlankLast(draft: Draft, newId: NewId): Draft {
  const last = draft.lines.at(-1);
  return last !== undefined && isBlank(last) ? draft : { ...draft, lines: [...draft.lines, blankLine(newId)] };
}

export function editLine(
  draft: Draft,
  id: string,
  change: Partial<Pick<DraftLine, 'sku' | 'quantity'>>,
  newId: NewId,
): Draft {
  const lines = draft.lines.map((line) => (line.id === id ? { ...line, ...change } : line));
  return withBlankLast({ ...draft, lines }, newId);
}

export function removeLine(draft: Draft, id: string, newId: NewId): Draft {
  return withBlankLast({ ...draft, lines: draft.lines.filter((line) => line.id !== id) }, newId);
}

/** Adds pieces of a product: to its line when it has one, else to the first blank line. */
export function addProduct(draft: Draft, sku: string, quantity: number, newId: NewId): Draft {
  const same = draft.lines.find((line) => line.sku.trim() === sku);
  if (same !== undefined) {
    const sum = (parseQuantity(same.quantity) ?? 0) + quantity;
    return editLine(draft, same.id, { quantity: String(sum) }, newId);
  }
  const blank = withBlankLast(draft, newId);
  const target = blank.lines.find(isBlank);
  return target === undefined ? blank : editLine(blank, target.id, { sku, quantity: String(quantity) }, newId);
}

/** A line that can be priced, and where it came from. */
export interface PricedRequest extends OrderLineRequest {
  readonly lineId: string;
}

/** The lines with a SKU and a whole quantity. */
export function requestedLines(draft: Draft): PricedRequest[] {
  return draft.lines.flatMap((line) => {
    const quantity = parseQuantity(line.quantity);
    const sku = line.sku.trim();
    return sku === '' || quantity === undefined ? [] : [{ lineId: line.id, sku, quantity }];
  });
}

/** The lines that a person began and that cannot be sent yet. */
export function unfinishedLines(draft: Draft): DraftLine[] {
  return draft.lines.filter(
    (line) => !isBlank(line) && (line.sku.trim() === '' || parseQuantity(line.quantity) === undefined),
  );
}

export function hasContent(draft: Draft): boolean {
  return draft.lines.some((line) => !isBlank(line)) || draft.poNumber !== '' || draft.note !== '';
}

/** Reads a stored draft; anything that is not one gives `undefined` rather than an error. */
export function parseDraft(text: string | null, newId: NewId): Draft | undefined {
  if (text === null) return undefined;
  try {
    const stored = JSON.parse(text) as Partial<Draft> | null;
    if (typeof stored?.draftId !== 'string' || !Array.isArray(stored.lines)) return undefined;
    const lines = stored.lines
      .filter((line: Partial<DraftLine> | null) => typeof line?.sku === 'string' && typeof line.quantity === 'string')
      .map((line) => ({ id: typeof line.id === 'string' ? line.id : newId(), sku: line.sku, quantity: line.quantity }));
    const draft: Draft = {
      draftId: stored.draftId,
      lines,
      poNumber: String(stored.poNumber ?? ''),
      note: String(stored.note ?? ''),
      ...(isAttempt(stored.attempt) ? { attempt: stored.attempt } : {}),
    };
    return withBlankLast(draft, newId);
  } catch {
    return undefined;
  }
}

function isAttempt(value: unknown): value is Attempt {
  const attempt = value as Partial<Attempt> | null | undefined;
  return typeof attempt?.key === 'string' && typeof attempt.body === 'object';
}
