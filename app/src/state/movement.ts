import type { Movement, MovementKind } from '../api/types.ts';

/** The movement form as it is typed. */
export interface MovementEntry {
  readonly sku: string;
  readonly kind: MovementKind;
  readonly quantity: string;
  readonly reason: string;
}

export type MovementProblem = 'sku' | 'quantity' | 'correction';

/** A whole number; corrections may be negative, with a hyphen or a real minus sign, but not zero. */
export function parseCorrection(text: string): number | undefined {
  const digits = text.trim().replace('−', '-');
  if (!/^[+-]?\d{1,9}$/.test(digits)) return undefined;
  const value = Number(digits);
  return value === 0 ? undefined : value;
}

export function movementOf(entry: MovementEntry): Movement | { readonly problem: MovementProblem } {
  const sku = entry.sku.trim();
  if (sku === '') return { problem: 'sku' };
  const quantity = parseCorrection(entry.quantity);
  if (entry.kind === 'adjust' && quantity === undefined) return { problem: 'correction' };
  if (quantity === undefined || (entry.kind !== 'adjust' && quantity < 0)) return { problem: 'quantity' };
  const reason = entry.reason.trim();
  return { sku, kind: entry.kind, quantity, ...(reason === '' ? {} : { reason }) };
}
