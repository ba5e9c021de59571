import { z } from '@hono/zod-openapi';
import type { SemanticSearch } from '../../runtime/semantic-search.ts';
import { type Api, addRoute, json } from '../api.ts';
import { findProduct, listCategories, listProducts, similarProducts } from '../read/products.ts';
import * as schema from '../schemas.ts';

const params = z.object({ sku: z.string().max(64) });
const mode = z.enum(schema.searchModes).describe('How the items were found');

/** Search and the catalogue of products. */
export function productRoutes(api: Api, semantic?: SemanticSearch): void {
  const { runtime } = api;

  addRoute(
    api,
    {
      method: 'get',
      path: '/v1/products',
      summary: 'Search products, or list a category',
      tag: 'Products',
      scope: 'read',
      query: z.object({
        ...schema.pageQuery,
        q: z.string().max(500).optional(),
        category: z.string().max(500).optional().describe('A path such as `Hydraulics / Hoses`, with all below it'),
        available: z.enum(['true', 'false']).optional().describe('`true`: only what can be had now'),
      }),
      answers: {
        200: {
          description: 'A page of products',
          schema: schema.page(schema.productSummary).extend({ mode, corrections: schema.corrections.optional() }),
        },
      },
    },
    async ({ c, query }) =>
      json(c, await listProducts(runtime, { ...query, available: query.available === 'true' }, semantic)),
  );

  addRoute(
    api,
    {
      method: 'get',
      path: '/v1/products/{sku}',
      summary: 'One product with price, stock and its age',
      tag: 'Products',
      scope: 'read',
      params,
      answers: { 200: { description: 'The product', schema: schema.product } },
      errors: ['not-found'],
    },
    async ({ c, params: { sku } }) => json(c, await findProduct(runtime, sku)),
  );

  addRoute(
    api,
    {
      method: 'get',
      path: '/v1/products/{sku}/similar',
      summary: 'The nearest products',
      tag: 'Products',
      scope: 'read',
      params,
      query: z.object({ limit: z.coerce.number().int().min(1).max(50).default(8) }),
      answers: {
        200: { description: 'Products', schema: z.object({ items: z.array(schema.productSummary), mode }) },
      },
      errors: ['not-found'],
    },
    async ({ c, params: { sku }, query }) => json(c, await similarProducts(runtime, sku, query.limit, semantic)),
  );

  addRoute(
    api,
    {
      method: 'get',
      path: '/v1/categories',
      summary: 'Categories with the number of active products in each',
      tag: 'Products',
      scope: 'read',
      answers: {
        200: {
          description: 'Categories',
          schema: z.object({ items: z.array(z.object({ category: z.string(), count: z.int() })) }),
        },
      },
    },
    async ({ c }) => json(c, await listCategories(runtime)),
  );
}
