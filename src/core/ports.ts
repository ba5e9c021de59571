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
}

/** The ports in one bundle; adapters are chosen where things are wired. */
export interface Ports {
  readonly clock: Clock;
  readonly random: Random;
  readonly scheduler: Scheduler;
}
