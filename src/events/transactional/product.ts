import { z } from 'zod';
import { defineEvent } from '../../core/define-event.ts';
import * as field from '../../core/fields.ts';

export const quantityRules = z.object({
  minimum: field.quantity,
  maximum: field.quantity.optional(),
  increment: field.quantity,
});

export const productSnapshot = z.object({
  sku: field.sku,
  name: z.string().min(1).max(300),
  description: field.text(4000),
  category: z.array(field.text(80)).min(1).max(6).describe('From the broadest to the narrowest'),
  brand: field.text(120).optional(),
  unit: field.unit,
  quantityRules,
  status: z.enum(['active', 'discontinued', 'blocked']),
  supersededBy: field.sku.optional(),
  supersedes: z.array(field.sku).max(20).optional(),
  gtin: z
    .string()
    .regex(/^\d{8,14}$/)
    .optional(),
  weightGrams: field.count.optional(),
  leadTimeDays: field.count.optional(),
  attributes: z.record(z.string(), field.text(200)).optional(),
  imageUrl: z.url().max(500).optional(),
  version: field.version,
});

export type ProductSnapshot = z.infer<typeof productSnapshot>;
export type QuantityRules = z.infer<typeof quantityRules>;

export const productUpdated = defineEvent({
  type: 'product.updated',
  layer: 'transactional',
  direction: 'down',
  lane: 'live',
  producer: 'product-service',
  consumers: ['vector-db', 'search-service', 'edge'],
  purpose: 'Create or change a product; refresh its search and vector index.',
  patterns: ['event-carried-state-transfer', 'change-data-capture'],
  schema: productSnapshot,
  example: {
    sku: 'HYD-2210-08',
    name: 'Hydraulic hose 2SN DN 08, 2210 mm',
    description: 'Two-wire braided hose for the front loader circuit, 350 bar, with M16×1.5 female ends.',
    category: ['Hydraulics', 'Hoses', 'Two-wire braid'],
    brand: 'Terrafirm',
    unit: 'EA',
    quantityRules: { minimum: 1, maximum: 200, increment: 1 },
    status: 'active',
    supersedes: ['HYD-2209-08'],
    gtin: '4006381333931',
    weightGrams: 1340,
    leadTimeDays: 4,
    attributes: { 'nominal diameter': 'DN 08', 'working pressure': '350 bar' },
    version: 7,
  },
  subject: (data) => data.sku,
});
