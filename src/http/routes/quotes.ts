import { orderNeeds, quoteOrder } from '../../commands/place-order.ts';
import { EdgeError, type Violation } from '../../core/errors.ts';
import type { Quote, RequestedLine } from '../../domain/order/quote.ts';
import { readView } from '../../runtime/read-view.ts';
import { type Api, addRoute, json } from '../api.ts';
import * as schema from '../schemas.ts';

const LINE_POINTER = /^\/lines\/(\d+)\//;

/** Prices without placing: what the dealer app shows while lines are typed. */
export function quoteRoutes(api: Api): void {
  const { runtime } = api;
  addRoute(
    api,
    {
      method: 'post',
      path: '/v1/quotes',
      summary: 'Price lines and check their rules without placing an order',
      tag: 'Orders',
      scope: 'read',
      body: schema.quoteRequest,
      answers: { 200: { description: 'Prices, and the lines that cannot be ordered', schema: schema.quoteResponse } },
      errors: ['conflict'],
    },
    async ({ c, body }) => {
      const { dealerId } = runtime.identity;
      const view = await readView(runtime.store, orderNeeds(body, undefined, dealerId));
      const now = new Date(runtime.ports.clock.nowMs()).toISOString();
      const { quoted, violations } = quoteWhatCanBe(body.lines, (lines) => quoteOrder(lines, { view, dealerId, now }));
      return json(c, { currency: view.get('dealer', dealerId)?.currency, quotedAt: now, ...quoted, violations });
    },
  );
}

/** Quotes the lines that can be ordered and lists what is wrong with the others, in the numbering of the request. */
function quoteWhatCanBe(
  lines: readonly RequestedLine[],
  price: (lines: readonly RequestedLine[]) => Quote,
): { quoted: Quote; violations: readonly Violation[] } {
  let violations: readonly Violation[] = [];
  let indexes = lines.map((_line, index) => index);
  for (;;) {
    try {
      const quoted = price(indexes.map((index) => lines[index] as RequestedLine));
      const renumbered = quoted.lines.map((line) => ({ ...line, lineNumber: (indexes[line.lineNumber - 1] ?? 0) + 1 }));
      return { quoted: { ...quoted, lines: renumbered }, violations };
    } catch (error) {
      if (!(error instanceof EdgeError) || error.code !== 'invalid-order') throw error;
      const refused = new Set(
        error.violations.map((violation) => Number(LINE_POINTER.exec(violation.pointer)?.[1] ?? -1)),
      );
      // The first pass finds every refused line; what is left is quoted in the second, unless nothing is left.
      if (refused.has(-1)) return { quoted: EMPTY, violations: violations.length > 0 ? violations : error.violations };
      violations = error.violations;
      indexes = indexes.filter((index) => !refused.has(index));
    }
  }
}

const EMPTY: Quote = {
  lines: [],
  totals: { netMinor: 0, discountMinor: 0, taxMinor: 0, grossMinor: 0, taxRateBasisPoints: 0, taxVersion: '-' },
};
