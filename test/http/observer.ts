import { afterAll, beforeAll, expect } from 'vitest';
import { type HttpTarget, type OpenTarget, stock, type TargetOptions } from '../support/http-target.ts';
import { OpenApiCheck } from '../support/openapi-check.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body, parsed. That it fits /openapi.json is checked on the way. */
  readonly body: Body;
}

/** Members of answers that the suite reads; which one is there depends on the route. */
export interface Body {
  readonly [member: string]: unknown;
  readonly id: string;
  readonly type: string;
  readonly status: string | number;
  readonly detail: string;
  readonly orderId: string;
  readonly orderNumber: string;
  readonly sku: string;
  readonly items: readonly Body[];
  readonly results: readonly Body[];
  readonly lines: readonly Body[];
  readonly timeline: readonly Body[];
  readonly projections: readonly Body[];
  readonly violations: readonly { readonly pointer: string; readonly code: string; readonly detail: string }[];
  readonly corrections?: readonly Body[];
  readonly nextCursor?: string;
  readonly head: number;
  readonly next: number;
  readonly position: number;
  readonly deadLetterId: string;
  readonly payloadBase64: string;
  readonly data: Body;
  readonly history: readonly Body[];
  readonly points: readonly Body[];
  readonly replenishment: { readonly reorderPoint: number; readonly orderUpTo: number };
  readonly pricing: { readonly differences: readonly string[] };
  readonly link: { readonly state: string };
  readonly outbound: Readonly<Record<'live' | 'bulk', Readonly<Record<string, number>>>>;
}

/** Opens targets and holds every answer of theirs against /openapi.json. */
export class Observer {
  readonly #open: OpenTarget;
  #check: OpenApiCheck | undefined;

  constructor(open: OpenTarget) {
    this.#open = open;
  }

  get check(): OpenApiCheck {
    if (this.#check === undefined) throw new Error('No target was opened yet.');
    return this.#check;
  }

  async empty(options: TargetOptions = {}): Promise<Box> {
    const target = await this.#open(options);
    this.#check ??= new OpenApiCheck(await (await target.fetch('/openapi.json')).json());
    return new Box(this, target);
  }

  async stocked(options: TargetOptions = {}): Promise<Box> {
    const box = await this.empty(options);
    await stock(box.target);
    return box;
  }

  /** One stocked box for all tests of a `describe`. */
  shared(): { readonly box: Box } {
    let opened: Box | undefined;
    beforeAll(async () => {
      opened = await this.stocked();
    });
    afterAll(async () => {
      await opened?.close();
    });
    return {
      get box() {
        if (opened === undefined) throw new Error('The box is not open yet.');
        return opened;
      },
    };
  }
}

const NO_BODY = {} as Body;

let keys = 0;

/** A target whose answers are checked. */
export class Box {
  readonly #observer: Observer;
  target: HttpTarget;

  constructor(observer: Observer, target: HttpTarget) {
    this.#observer = observer;
    this.target = target;
  }

  async send(path: string, init: RequestInit = {}): Promise<Answer> {
    const response = await this.target.fetch(path, init);
    const method = init.method ?? 'GET';
    expect(await this.#observer.check.problemsOf(method, path, response.clone())).toEqual([]);
    const text = await response.text();
    const type = response.headers.get('content-type') ?? '';
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(response.headers.get('referrer-policy')).toBe('no-referrer');
    expect(response.headers.get('cache-control')).toBe('no-store');
    if (response.status >= 400 && type.includes('problem') && method !== 'HEAD') {
      const problem = JSON.parse(text) as { type: string; status: number; title: string; detail: string };
      expect(problem.type).toMatch(/^urn:dealeriq:problem:[a-z-]+$/);
      expect(problem.status).toBe(response.status);
      expect(problem.title.length * problem.detail.length).toBeGreaterThan(0);
    }
    const { status, headers } = response;
    return { status, headers, text, body: type.includes('json') && text !== '' ? (JSON.parse(text) as Body) : NO_BODY };
  }

  get(path: string): Promise<Answer> {
    return this.send(path);
  }

  post(path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Answer> {
    return this.send(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: typeof body === 'string' || body instanceof Uint8Array ? (body as BodyInit) : JSON.stringify(body),
    });
  }

  /** Places an order of these lines; `sku` for one piece, or `sku*quantity`. */
  order(lines: readonly string[], key = `key-${++keys}`, more: object = {}): Promise<Answer> {
    const requested = lines.map((line) => {
      const [sku, quantity = '1'] = line.split('*');
      return { sku, quantity: Number(quantity) };
    });
    return this.post('/v1/orders', { lines: requested, ...more }, { 'idempotency-key': key });
  }

  /** Sends one CloudEvent in structured mode. */
  event(event: unknown): Promise<Answer> {
    return this.post('/v1/events', event, { 'content-type': 'application/cloudevents+json' });
  }

  async reopen(options: TargetOptions = {}): Promise<void> {
    this.target = await this.target.reopen(options);
  }

  close(): Promise<void> {
    return this.target.close();
  }
}

/** The `type` of a problem without its prefix. */
export function problemOf(answer: Answer): string {
  expect(answer.headers.get('content-type')).toBe('application/problem+json');
  return String(answer.body.type).replace('urn:dealeriq:problem:', '');
}

/** The codes of violations by pointer. */
export function violationsOf(answer: Answer): Record<string, string> {
  return Object.fromEntries(answer.body.violations.map(({ pointer, code }) => [pointer, code]));
}

/** All items of a list, page by page, and how many pages there were. */
export async function allPages(box: Box, path: string): Promise<{ items: Body[]; pages: number }> {
  const items: Body[] = [];
  let cursor = '';
  for (let pages = 1; ; pages += 1) {
    const { body } = await box.get(`${path}${path.includes('?') ? '&' : '?'}${cursor}`);
    items.push(...body.items);
    if (body.nextCursor === undefined) return { items, pages };
    cursor = `cursor=${encodeURIComponent(body.nextCursor)}`;
  }
}
