import { readFileSync } from 'node:fs';
import { defineCommand } from 'citty';
import type { RankingMeasures } from '../../../models/core/evaluation/ranking-report.ts';
import type { CustomerHistory } from '../../../models/recommendations/basket-log.ts';
import { evaluateBaskets, type NextBasket } from '../../../models/recommendations/evaluate-baskets.ts';
import { wrongArgument } from './arguments.ts';
import { printResult } from './output.ts';
import { Progress } from './progress.ts';

/** `dealeriq evaluate recommendations`: measures next-basket prediction on files of baskets. */
export const evaluateRecommendations = defineCommand({
  meta: { name: 'recommendations', description: 'Measure suggestions on baskets: recall, NDCG and hit ratio' },
  args: {
    history: { type: 'string', required: true, description: 'JSON {customer: [[-1], [items], …, [-1]]}, oldest first' },
    future: { type: 'string', required: true, description: 'The basket to predict of each customer, of the same form' },
    json: { type: 'boolean', default: false, description: 'Print JSON' },
  },
  run({ args }) {
    const histories = basketsOf('history', args.history).map(
      ([customer, baskets]): CustomerHistory => ({
        customer,
        baskets: baskets.map((items) => ({ lines: items.map((item) => ({ item })) })),
      }),
    );
    const future = basketsOf('future', args.future).map(
      ([customer, baskets]): NextBasket => ({ customer, items: baskets[0] ?? [] }),
    );
    const stages = new Map<string, Progress>();
    const evaluation = evaluateBaskets(histories, future, {
      onProgress: (stage, done, total) => {
        const progress = stages.get(stage) ?? new Progress(stage);
        stages.set(stage, progress);
        progress.update(done, total, 'customers');
      },
    });
    for (const progress of stages.values()) progress.end();
    printResult(args.json, evaluation, function* () {
      yield `${evaluation.customers} customers, ${evaluation.items} items; lists that are short are filled up with popular items`;
      for (const part of ['all', 'repeat', 'explore'] as const) {
        yield '';
        yield `${TITLES[part]} (${evaluation.methods[0]?.[part].customers ?? 0} customers)`;
        yield row('method', ['R@10', 'R@20', 'NDCG@10', 'NDCG@20', 'PHR@10', 'PHR@20', 'seconds']);
        for (const method of evaluation.methods) {
          yield row(method.method, [...figures(method[part]), method.seconds.toFixed(1)]);
        }
      }
      yield '';
      yield 'Weights of the blend, chosen on the last basket of each history:';
      for (const [method, weight] of Object.entries(evaluation.weights)) {
        yield `  ${method.padEnd(20)} ${weight.toPrecision(3)}`;
      }
    });
  },
});

const TITLES = {
  all: 'All items',
  repeat: 'Repeat: items the customer had before',
  explore: 'Explore: items new to the customer',
};

function row(name: string, cells: readonly string[]): string {
  return name.padEnd(20) + cells.map((cell) => cell.padStart(9)).join('');
}

function figures({ recall, ndcg, phr }: RankingMeasures): string[] {
  return [...recall, ...ndcg, ...phr].map((value) => value.toFixed(4));
}

/** Baskets by customer, without the [-1] at both ends; items as text. */
function basketsOf(option: string, path: string): [customer: string, baskets: string[][]][] {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw wrongArgument(`--${option}: ${path} cannot be read: ${error instanceof Error ? error.message : error}.`);
  }
  const form = 'It has the form {"customer": [[-1], [item, …], …, [-1]]}.';
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw wrongArgument(`--${option}: ${path} is not an object. ${form}`);
  }
  const customers = Object.entries(parsed);
  if (customers.length === 0) throw wrongArgument(`--${option}: ${path} has no customers. ${form}`);
  return customers.map(([customer, baskets]) => {
    if (!isBaskets(baskets)) throw wrongArgument(`--${option}: customer ${customer} of ${path} is wrong. ${form}`);
    return [customer, baskets.filter((items) => !(items.length === 1 && items[0] === -1)).map((b) => b.map(String))];
  });
}

function isBaskets(value: unknown): value is (string | number)[][] {
  const isItem = (item: unknown) => typeof item === 'string' || typeof item === 'number';
  return Array.isArray(value) && value.every((basket) => Array.isArray(basket) && basket.every(isItem));
}
