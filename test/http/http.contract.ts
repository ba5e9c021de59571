import { describe } from 'vitest';
import type { OpenTarget } from '../support/http-target.ts';
import { adviceContract } from './advice.contract.ts';
import { cancellationContract } from './cancellation.contract.ts';
import { catalogueContract } from './catalogue.contract.ts';
import { deadLettersContract } from './dead-letters.contract.ts';
import { eventsContract } from './events.contract.ts';
import { gatewayContract } from './gateway.contract.ts';
import { inventoryContract } from './inventory.contract.ts';
import { modelsContract } from './models.contract.ts';
import { Observer } from './observer.ts';
import { operationsContract } from './operations.contract.ts';
import { ordersContract } from './orders.contract.ts';
import { productsContract } from './products.contract.ts';
import { protocolContract } from './protocol.contract.ts';
import { refusedOrdersContract } from './refused-orders.contract.ts';
import { supportContract } from './support.contract.ts';

/** The HTTP contract: what every platform that serves the API has to keep. */
export function httpContract(name: string, openTarget: OpenTarget): void {
  describe(name, () => {
    const observer = new Observer(openTarget);
    ordersContract(observer);
    refusedOrdersContract(observer);
    cancellationContract(observer);
    productsContract(observer);
    inventoryContract(observer);
    gatewayContract(observer);
    eventsContract(observer);
    deadLettersContract(observer);
    catalogueContract(observer);
    supportContract(observer);
    adviceContract(observer);
    modelsContract(observer);
    operationsContract(observer);
    // Last: it looks at what the others have seen.
    protocolContract(observer);
  });
}
