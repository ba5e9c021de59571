/** Shows how far something is: one line that changes on a terminal, a plain line now and then elsewhere. */
export class Progress {
  readonly #what: string;
  readonly #startedMs = performance.now();
  readonly #everyMs: number;
  #shownMs = 0;

  constructor(what: string) {
    this.#what = what;
    this.#everyMs = process.stderr.isTTY ? 100 : 5_000;
    this.#shownMs = process.stderr.isTTY ? 0 : this.#startedMs;
  }

  update(done: number, total: number, unit: string): void {
    const nowMs = performance.now();
    if (nowMs - this.#shownMs < this.#everyMs) return;
    this.#shownMs = nowMs;
    const perSecond = Math.round((done * 1000) / Math.max(1, nowMs - this.#startedMs));
    const text = `${this.#what}: ${done} of ${total} ${unit}, ${perSecond} a second`;
    process.stderr.write(process.stderr.isTTY ? `\r\u001b[K${text}` : `${text}\n`);
  }

  /** Clears the line. */
  end(): void {
    if (process.stderr.isTTY) process.stderr.write('\r\u001b[K');
  }
}
