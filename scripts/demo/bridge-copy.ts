import type { BridgeStatus } from '../../edge/node/bridge-metrics.ts';
import { startDealeriq } from './dealeriq-process.ts';
import type { Processes } from './processes.ts';

/** A copy of the bridge, a process of its own. */
export interface BridgeCopy {
  readonly name: string;
  readonly url: string;
  /** What it says of itself. */
  status(): Promise<BridgeStatus>;
}

/** Starts `dealeriq bridge` on a free port. */
export async function startBridgeCopy(
  processes: Processes,
  root: string,
  name: string,
  settings: Readonly<Record<string, string>>,
): Promise<BridgeCopy> {
  const url = await startDealeriq(processes, { name, root, args: ['bridge', '--port', '0'], settings });
  return {
    name,
    url,
    async status() {
      const response = await fetch(`${url}/v1/bridge`, { signal: AbortSignal.timeout(5_000) });
      return (await response.json()) as BridgeStatus;
    },
  };
}
