import { Agent, request } from 'node:http';

/** What a client knows of an order that was answered. */
export interface AnsweredOrder {
  readonly orderId: string;
  readonly orderNumber: string;
  readonly lines: readonly unknown[];
  readonly totals: unknown;
}

export interface Requested {
  readonly key: string;
  readonly body: string;
}

/** Sends a JSON request over a socket of its own pool; rejects when the connection breaks before the whole answer. */
export function call(
  agent: Agent,
  port: number,
  method: 'GET' | 'POST',
  path: string,
  body = '',
  headers: Readonly<Record<string, string>> = {},
): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const sent = request({ agent, port, host: '127.0.0.1', method, path, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        // An answer that was cut off is no answer.
        if (!response.complete) reject(new Error('The answer was cut off.'));
        else resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/**
 * Clients that place orders as a dealer app does: a key made once for each order, and the same request again until it
 * is answered. Remembers what was answered, and finds an answer that contradicts an earlier one.
 */
export class OrderLoad {
  /** Every request that was ever sent. */
  readonly requested = new Map<string, Requested>();
  /** The first answer to each key. */
  readonly answered = new Map<string, AnsweredOrder>();
  /** Sent, but the connection broke before the answer. */
  readonly unanswered = new Map<string, Requested>();
  readonly contradictions: string[] = [];
  repeats = 0;
  readonly #next: () => Requested;
  readonly #random: () => number;
  readonly #onAnswer: () => void;

  constructor(next: () => Requested, random: () => number, onAnswer: () => void = () => undefined) {
    this.#next = next;
    this.#random = random;
    this.#onAnswer = onAnswer;
  }

  /** Runs clients against a box until it goes away. */
  async run(port: number, clients: number): Promise<void> {
    const agent = new Agent({ keepAlive: true, maxSockets: clients });
    // What broke off last time is tried again first, as a waiting person would.
    const left = [...this.unanswered.values()];
    const client = async () => {
      while (await this.#send(agent, port, left.pop() ?? this.#choose())) {
        // On to the next order.
      }
    };
    await Promise.all(Array.from({ length: clients }, client));
    agent.destroy();
  }

  /** Sends again what was never answered. */
  async settle(port: number): Promise<void> {
    const agent = new Agent({ keepAlive: true, maxSockets: 16 });
    await Promise.all([...this.unanswered.values()].map((one) => this.#send(agent, port, one)));
    agent.destroy();
  }

  /** A new order, or now and then one that was answered before. */
  #choose(): Requested {
    const { size } = this.answered;
    if (size > 0 && this.#random() < 0.15) {
      const keys = [...this.answered.keys()];
      // Mostly a recent one: a double click, a second tab.
      const back = Math.floor(this.#random() ** 4 * size);
      const repeated = this.requested.get(keys[size - 1 - back] ?? '');
      if (repeated !== undefined) return repeated;
    }
    return this.#next();
  }

  /** Sends one request; `false` when the box is gone. */
  async #send(agent: Agent, port: number, requested: Requested): Promise<boolean> {
    const { key, body } = requested;
    const repeat = this.answered.has(key);
    this.requested.set(key, requested);
    if (!repeat) this.unanswered.set(key, requested);
    let answer: { status: number; text: string };
    try {
      answer = await call(agent, port, 'POST', '/v1/orders', body, {
        'content-type': 'application/json',
        'idempotency-key': key,
      });
    } catch {
      return false;
    }
    this.#onAnswer();
    if (answer.status !== 201 && answer.status !== 200) {
      this.contradictions.push(`${key} was answered ${answer.status}: ${answer.text.slice(0, 300)}`);
      return true;
    }
    this.#remember(key, answer, repeat);
    return true;
  }

  #remember(key: string, answer: { status: number; text: string }, repeat: boolean): void {
    const { orderId, orderNumber, lines, totals } = JSON.parse(answer.text) as AnsweredOrder;
    this.unanswered.delete(key);
    const earlier = this.answered.get(key);
    if (earlier === undefined) {
      this.answered.set(key, { orderId, orderNumber, lines, totals });
      return;
    }
    this.repeats += 1;
    if (repeat && answer.status === 201) this.contradictions.push(`${key} was placed a second time.`);
    if (earlier.orderId !== orderId || earlier.orderNumber !== orderNumber) {
      this.contradictions.push(`${key} was ${earlier.orderNumber} and is ${orderNumber} now.`);
    }
  }
}
