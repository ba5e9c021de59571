import type { BasketLog } from './basket-log.ts';
import type { Evidence } from './method.ts';

/** Evidence in words, for the person who decides. */
export function reasonInWords(evidence: Evidence, log: BasketLog): string {
  switch (evidence.kind) {
    case 'interval':
      return log.unit === 'days'
        ? `You order this about every ${counted(evidence.every, 'day')}; last ${ago(evidence.since)}`
        : `You order this about every ${counted(evidence.every, 'order')}; last ${counted(evidence.since, 'order')} ago`;
    case 'bought-before': {
      const last = log.unit === 'days' ? `; last ${ago(evidence.since)}` : '';
      return `In ${evidence.times} of your ${counted(evidence.of, 'order')}${last}`;
    }
    case 'bought-together':
      return `Often bought together with ${log.items[evidence.with] ?? 'what you order'}`;
    case 'similar-customers':
      return `Bought by ${evidence.customers} of ${counted(evidence.of, 'customer')} who order what you order`;
    case 'popular':
      return `In ${percent(evidence.share)} of all orders`;
  }
}

function counted(value: number, what: string): string {
  const whole = Math.max(1, Math.round(value));
  return whole === 1 ? `1 ${what}` : `${whole} ${what}s`;
}

function ago(days: number): string {
  const whole = Math.round(days);
  return whole <= 0 ? 'today' : `${counted(whole, 'day')} ago`;
}

function percent(share: number): string {
  return share < 0.01 ? 'less than 1 %' : `${Math.round(100 * share)} %`;
}
