import { z } from '@hono/zod-openapi';
import * as field from '../../core/fields.ts';
import { movementKinds } from '../../events/transactional/inventory.ts';
import { quantityRules } from '../../events/transactional/product.ts';
import { nullable } from './problems-and-pages.ts';

/** Products and stock over HTTP. */

const stockLevels = z
  .object({
    onHand: z.int(),
    reserved: z.int(),
    available: z.int(),
    backordered: z.int(),
    changedAt: field.instant,
    ageMs: z.int().describe('How old the figure is'),
  })
  .openapi('StockLevels');

export const priceNow = z
  .object({
    priceListId: z.string(),
    currency: z.string(),
    listUnitPriceMinor: z.int(),
    unitPriceMinor: z.int().describe('For one piece or the minimum quantity, with an active promotion'),
    tiers: z.array(z.object({ minimum: z.int(), unitPriceMinor: z.int() })),
    priceVersion: z.int(),
    effectiveFrom: field.instant,
    promotionId: z.string().optional(),
  })
  .openapi('PriceNow');

export const productSummary = z
  .object({
    sku: z.string(),
    name: z.string(),
    category: z.array(z.string()),
    brand: z.string().optional(),
    unit: z.string(),
    status: z.enum(['active', 'discontinued', 'blocked']),
    supersededBy: z.string().optional(),
    quantityRules,
    price: nullable(priceNow),
    stock: nullable(stockLevels),
  })
  .openapi('ProductSummary');

export const product = productSummary
  .extend({
    description: z.string(),
    supersedes: z.array(z.string()).optional(),
    gtin: z.string().optional(),
    weightGrams: z.int().optional(),
    leadTimeDays: z.int().optional(),
    attributes: z.record(z.string(), z.string()).optional(),
    imageUrl: z.string().optional(),
    version: z.int(),
    promotions: z.array(
      z.object({
        promotionId: z.string(),
        name: z.string(),
        discountBasisPoints: z.int(),
        minimumQuantity: z.int(),
        activeFrom: field.instant,
        activeTo: field.instant,
      }),
    ),
    priceHistory: z
      .array(
        z.object({
          priceListId: z.string(),
          currency: z.string(),
          listUnitPriceMinor: z.int(),
          effectiveFrom: field.instant,
          version: z.int(),
        }),
      )
      .describe('All prices of the dealer’s list, newest first; coming ones too'),
  })
  .openapi('Product');

/** Typed words and those of the catalogue that were searched for in their place. */
export const corrections = z.array(z.object({ typed: z.string(), used: z.string() }));

export const searchModes = ['list', 'keyword', 'semantic', 'hybrid'] as const;

export const inventoryItem = z
  .object({ sku: z.string(), name: z.string(), unit: z.string(), locationId: z.string() })
  .extend(stockLevels.shape)
  .openapi('InventoryItem');

export const movementRequest = z
  .object({
    sku: field.sku,
    kind: z.enum(movementKinds).extract(['receive', 'sell', 'adjust', 'return']),
    quantity: z.int().min(-1_000_000_000).max(1_000_000_000).describe('Pieces; for adjust the signed correction'),
    reason: field.text(200).optional(),
  })
  .openapi('StockMovement');
