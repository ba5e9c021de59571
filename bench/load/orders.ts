import autocannon from 'autocannon';
import { uuidv7 } from 'uuidv7';
import { orderInput } from '../support/dealer.ts';

/** Places orders over HTTP: `orders.ts URL CONNECTIONS MS PRODUCTS`; prints `{rate, failed}`. */
const [url = '', connections = '', ms = '', products = ''] = process.argv.slice(2);
let next = 0;

const result = await autocannon({
  url,
  connections: Number(connections),
  duration: Number(ms) / 1_000,
  requests: [
    {
      method: 'POST',
      path: '/v1/orders',
      setupRequest: (request) => {
        next += 1;
        return {
          ...request,
          headers: { 'content-type': 'application/json', 'idempotency-key': uuidv7() },
          body: JSON.stringify(orderInput(next, Number(products))),
        };
      },
    },
  ],
});

// The exact time, because a round may last fractions of a second.
const seconds = (result.finish.getTime() - result.start.getTime()) / 1_000;
process.stdout.write(JSON.stringify({ rate: result['2xx'] / seconds, failed: result.non2xx + result.errors }));
