import { checkQuantity } from '../../../src/domain/pricing/quantity-rules.ts';
import type { Product, QuantityRules, Violation } from '../api/types.ts';
import { formatCount } from '../format/format.ts';
import { t } from '../texts/text.ts';
import { parseQuantity } from './quantity.ts';

/** What is wrong with a line, in words, and the one step that puts it right. */
export interface LineProblem {
  readonly field: 'sku' | 'quantity';
  readonly text: string;
  readonly fix?: LineFix;
}

export type LineFix =
  | { readonly kind: 'quantity'; readonly quantity: number }
  | { readonly kind: 'successor'; readonly sku: string }
  | { readonly kind: 'search'; readonly words: string };

export interface CheckedLine {
  readonly sku: string;
  readonly quantity: string;
  readonly product: Product | undefined;
  readonly unknown: boolean;
  readonly violation: Violation | undefined;
}

export function lineProblem(line: CheckedLine): LineProblem | undefined {
  const sku = line.sku.trim();
  if (sku === '') return undefined;
  if (line.unknown) return { field: 'sku', text: t.quick.unknown(sku), fix: { kind: 'search', words: sku } };
  const { product } = line;
  if (product !== undefined && product.status !== 'active') {
    const text = product.status === 'discontinued' ? t.quick.discontinued(sku) : t.quick.blocked(sku);
    return {
      field: 'sku',
      text,
      ...(product.supersededBy === undefined ? {} : { fix: { kind: 'successor', sku: product.supersededBy } }),
    };
  }
  if (line.quantity.trim() === '') return undefined;
  const quantity = parseQuantity(line.quantity);
  if (quantity === undefined) return { field: 'quantity', text: t.quick.notANumber };
  const rule = product === undefined ? undefined : checkQuantity(product.quantityRules, quantity);
  if (product !== undefined && rule !== undefined) {
    return {
      field: 'quantity',
      text: ruleText(product.quantityRules, quantity),
      fix: { kind: 'quantity', quantity: rule.suggestion },
    };
  }
  if (line.violation === undefined) return undefined;
  return { field: line.violation.pointer.endsWith('/quantity') ? 'quantity' : 'sku', text: line.violation.detail };
}

function ruleText(rules: QuantityRules, quantity: number): string {
  if (rules.maximum !== undefined && quantity > rules.maximum) return t.quick.maximum(formatCount(rules.maximum));
  if (rules.increment > 1) return t.quick.steps(formatCount(rules.increment), formatCount(rules.minimum));
  return t.quick.minimum(formatCount(rules.minimum));
}
