import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';

/**
 * Every process that the demo starts, so that none outlives it. They are in process groups of their own: Ctrl-C
 * reaches the demo alone, which then ends them.
 */
export class Processes {
  readonly #running = new Map<string, ChildProcess>();
  readonly #starting = new Set<Promise<ChildProcess>>();
  #isOver = false;

  /** Waits for a process that is being started and keeps it under a name; rejects as `starting` does. */
  async add(name: string, starting: Promise<ChildProcess>): Promise<ChildProcess> {
    this.#starting.add(starting);
    try {
      const child = await starting;
      this.#running.set(name, child);
      return child;
    } finally {
      this.#starting.delete(starting);
    }
  }

  /** Whether they are being ended: whatever fails then failed because of that. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** SIGKILL: the process gets no chance to do anything. Resolves when it is gone. */
  async kill(name: string): Promise<void> {
    const child = this.#running.get(name);
    this.#running.delete(name);
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  /** Names of those that ended without being killed. */
  lost(): string[] {
    return [...this.#running].flatMap(([name, { exitCode, signalCode }]) =>
      exitCode === null && signalCode === null ? [] : [name],
    );
  }

  /** Ends all of them, those too that are just being started. What they stored goes with the demo's folder. */
  async killAll(): Promise<void> {
    this.#isOver = true;
    await Promise.all([...this.#running.keys()].map((name) => this.kill(name)));
    await Promise.allSettled([...this.#starting]);
    // `add` continues before this does, so late ones are known by now.
    await Promise.all([...this.#running.keys()].map((name) => this.kill(name)));
  }
}
