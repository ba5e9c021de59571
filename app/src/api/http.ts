import { signal } from '@preact/signals';
import type { Problem, Violation } from './types.ts';

/** Whether the last exchange with the box came back; unknown before the first. */
export const boxReachable = signal<boolean | undefined>(undefined);

/** The box answered, and the answer was no. */
export class Refusal extends Error {
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.name = 'Refusal';
    this.problem = problem;
  }

  /** The stable code at the end of the problem's type. */
  get code(): string {
    return this.problem.type.replace(/^urn:dealeriq:problem:/, '');
  }

  get status(): number {
    return this.problem.status;
  }

  get violations(): readonly Violation[] {
    return this.problem.violations ?? [];
  }
}

/** No answer: whether the box has done what was asked is not known. */
export class NoAnswer extends Error {
  constructor(cause?: unknown) {
    super('The box did not answer', { cause });
    this.name = 'NoAnswer';
  }
}

export interface RequestOptions {
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
  readonly timeoutMs?: number;
}

const TIMEOUT_MS = 10_000;

/** One exchange with the box. Rejects with `Refusal`, `NoAnswer`, or the caller's own abort reason. */
export async function request<Answer>(method: string, path: string, options: RequestOptions = {}): Promise<Answer> {
  const timeout = AbortSignal.timeout(options.timeoutMs ?? TIMEOUT_MS);
  const signals = options.signal === undefined ? [timeout] : [timeout, options.signal];
  let status: number;
  let text: string;
  try {
    const response = await fetch(path, {
      method,
      headers: {
        accept: 'application/json',
        ...(options.body === undefined ? {} : { 'content-type': 'application/json' }),
        ...options.headers,
      },
      ...(options.body === undefined ? {} : { body: JSON.stringify(options.body) }),
      signal: AbortSignal.any(signals),
    });
    status = response.status;
    text = await response.text();
  } catch (cause) {
    if (options.signal?.aborted === true) throw cause;
    boxReachable.value = false;
    throw new NoAnswer(cause);
  }
  boxReachable.value = true;
  const answer = parsed(text);
  if (status >= 400) throw new Refusal(problemFrom(status, answer));
  if (answer === undefined && status !== 204) throw new NoAnswer(`status ${status} without JSON`);
  return answer as Answer;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function problemFrom(status: number, answer: unknown): Problem {
  if (typeof answer === 'object' && answer !== null && 'type' in answer && 'detail' in answer) {
    return { status, title: '', ...answer } as Problem;
  }
  return { type: 'urn:dealeriq:problem:unknown', title: '', status, detail: `The box answered with status ${status}.` };
}
