import { EdgeError } from '../../../src/core/errors.ts';
import { productUpdated } from '../../../src/events/transactional/product.ts';
import type { Runtime } from '../../../src/runtime.ts';
import { Progress } from './progress.ts';

/** A product as catalogues for measuring search have them. */
export interface CatalogueProduct {
  readonly id: string;
  readonly title: string;
  readonly short_description?: string | null | undefined;
  readonly supplier?: string | null | undefined;
}

const IN_FLIGHT = 512;

/** Puts the catalogue into a box, as events, the supplier as its category. */
export async function fillCatalogue(runtime: Runtime, products: readonly CatalogueProduct[]): Promise<void> {
  const progress = new Progress('Indexing');
  const encoder = new TextEncoder();
  for (let start = 0; start < products.length; start += IN_FLIGHT) {
    const some = products.slice(start, start + IN_FLIGHT);
    await Promise.all(
      some.map(async (product) => {
        const { data, type } = productUpdated.make({
          sku: product.id,
          name: product.title.slice(0, 300) || product.id,
          description: (product.short_description ?? '').slice(0, 4000),
          category: [(product.supplier ?? '').slice(0, 80) || 'without a supplier'],
          unit: 'EA',
          quantityRules: { minimum: 1, increment: 1 },
          status: 'active',
          version: 1,
        });
        const { admission } = await runtime.receive({
          attributes: { specversion: '1.0', id: `product-${product.id}`, source: 'urn:dealeriq:evaluation', type },
          data,
          raw: {
            bytes: encoder.encode(JSON.stringify(data)),
            contentType: 'application/json',
            headers: {},
            gate: 'import',
          },
          history: true,
        });
        if (!admission.ok) throw new EdgeError('import-failed', `Product ${product.id}: ${admission.reason}`);
      }),
    );
    progress.update(start + some.length, products.length, 'products');
  }
  progress.end();
}
