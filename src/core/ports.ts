/** What the core needs of its surroundings. A seeded simulation replaces all of them. */

export interface Clock {
  /** Milliseconds since the Unix epoch. */
  nowMs(): number;
}

export interface Random {
  /** A new UUIDv7 (RFC 9562), increasing within one process. */
  uuid(): string;
}

export interface Scheduler {
  /** Resolves after the platform has handled what is waiting (a macrotask, not a microtask). */
  yield(): Promise<void>;
  /** Calls again and again, `everyMs` apart, until the returned function is called. */
  every(everyMs: number, run: () => void): () => void;
}

/** What is counted and measured, for Prometheus. */
export interface Metrics {
  /** One HTTP request was answered. */
  request(route: string, method: string, status: number, seconds: number): void;
  /** The text exposition format (https://prometheus.io/docs/instrumenting/exposition_formats/). */
  text(): Promise<string>;
}

/** The ports in one bundle; adapters are chosen where things are wired. */
export interface Ports {
  readonly clock: Clock;
  readonly random: Random;
  readonly scheduler: Scheduler;
}
