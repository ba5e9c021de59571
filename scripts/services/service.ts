/** A peer that `npm run services` starts: one file each, listed in list.ts. */
export interface Service {
  readonly name: string;
  readonly description: string;
  /** Fetches what it needs when that is not there yet, and starts nothing. */
  fetch(progress: (line: string) => void): Promise<void>;
  /** Starts it, or finds it running, and waits until it can be used. */
  up(options: UpOptions): Promise<RunningService>;
  /** Stops it. Resolves with `false` when it did not run. */
  down(): Promise<boolean>;
  /** What runs now; `undefined` when it does not run. */
  status(): Promise<RunningService | undefined>;
}

export interface UpOptions {
  /** Deletes what it stored before. */
  readonly fresh: boolean;
  /** The port of the service; a free one unless given. */
  readonly port: number | undefined;
  /** Told what is being done, for a person who waits. */
  readonly progress: (line: string) => void;
}

export interface RunningService {
  readonly name: string;
  readonly pid: number;
  readonly version: string;
  /** The settings by which DealerIQ finds it, such as `NATS_URL`. */
  readonly environment: Readonly<Record<string, string>>;
  /** Everything else that is worth knowing: addresses, folders. */
  readonly details: Readonly<Record<string, string>>;
  /** What `up` did: `started`, or `running` when it ran already. */
  readonly state: 'started' | 'running';
}
