import { headers, type NatsConnection, nuid } from '@nats-io/nats-core';
import { uuidv7 } from 'uuidv7';
import { schemaUrn } from '../../src/core/event.ts';
import { natsDownAllSubject } from '../../src/events/names.ts';
import { priceChanged } from '../../src/events/transactional/price.ts';
import { productUpdated } from '../../src/events/transactional/product.ts';
import { PRODUCTS } from '../capture.ts';
import { skuOf } from './dealer.ts';

const BATCH = 500;

/** Fills the down stream for all dealers: by turns a product and a price of it, over all products. */
export async function fillDownStream(nc: NatsConnection, deliveries: number): Promise<void> {
  for (let start = 0; start < deliveries; start += BATCH) {
    const batchId = nuid.next();
    const end = Math.min(start + BATCH, deliveries);
    for (let number = start; number < end; number += 1) {
      const { definition, data } = fact(number);
      const out = headers();
      out.set('ce-specversion', '1.0');
      out.set('ce-id', uuidv7());
      out.set('ce-source', 'urn:dealeriq:centre:bench');
      out.set('ce-type', definition.type);
      out.set('ce-subject', data.sku);
      out.set('ce-time', new Date().toISOString());
      out.set('ce-dataschema', schemaUrn(definition.type, definition.version));
      out.set('content-type', 'application/json');
      out.set('Nats-Batch-Id', batchId);
      out.set('Nats-Batch-Sequence', String(number - start + 1));
      const subject = natsDownAllSubject(definition.type);
      if (number < end - 1) {
        nc.publish(subject, JSON.stringify(data), { headers: out });
        continue;
      }
      out.set('Nats-Batch-Commit', '1');
      const answer = await nc.request(subject, JSON.stringify(data), { headers: out, timeout: 10_000 });
      const { error } = answer.json<{ error?: unknown }>();
      if (error !== undefined) throw new Error(`The hub did not take the batch: ${JSON.stringify(error)}`);
    }
  }
}

function fact(number: number) {
  const turn = Math.floor(number / 2);
  const sku = skuOf(turn % PRODUCTS);
  const version = 100 + Math.floor(turn / PRODUCTS);
  if (number % 2 === 0) {
    return { definition: productUpdated, data: { ...productUpdated.example, sku, name: `Part ${turn}`, version } };
  }
  return { definition: priceChanged, data: { ...priceChanged.example, sku, version } };
}
