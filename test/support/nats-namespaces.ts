import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import type { HubAddress } from '../../edge/node/nats.ts';
import type { SiteOptions } from './nats-site.ts';

/** Which way nothing passes between a site and the hub. */
export type Cut = 'up' | 'down' | 'both' | 'link';

/** Sites in network namespaces of their own, on one bridge with the hub. */
export interface SiteNetwork {
  /** Where the hub has to listen. */
  readonly hubHost: string;
  /** Starts a box inside the namespace of a site. */
  start(site: number, options: SiteOptions & { readonly hub: HubAddress }): Promise<RemoteSite>;
  cut(site: number, which: Cut): void;
  mend(site: number): void;
  remove(): void;
}

/** A box in another process, asked over IPC. */
export interface RemoteSite {
  place(orders: number): Promise<void>;
  drained(): Promise<void>;
  logged(): Promise<{ readonly live: string[]; readonly bulk: string[] }>;
  close(): Promise<void>;
}

/** Makes the namespaces, or says why this machine cannot. */
export function createSiteNetwork(sites: number): SiteNetwork | string {
  const id = randomInt(1_000, 9_999);
  const subnet = `10.${randomInt(64, 127)}.${randomInt(0, 255)}`;
  const bridge = `dq${id}b`;
  const namespace = (site: number) => `dq${id}n${site}`;
  const outer = (site: number) => `dq${id}o${site}`;
  const inner = (site: number) => `dq${id}i${site}`;
  const inside = (site: number, ...command: string[]) => run('ip', 'netns', 'exec', namespace(site), ...command);
  const indices = Array.from({ length: sites }, (_, index) => index);

  const remove = () => {
    for (const site of indices) {
      quietly('ip', 'link', 'del', outer(site));
      quietly('ip', 'netns', 'del', namespace(site));
    }
    quietly('ip', 'link', 'del', bridge);
  };
  try {
    run('iptables', '--version');
    run('ip', 'link', 'add', bridge, 'type', 'bridge');
    run('ip', 'addr', 'add', `${subnet}.1/24`, 'dev', bridge);
    run('ip', 'link', 'set', bridge, 'up');
    for (const site of indices) {
      run('ip', 'netns', 'add', namespace(site));
      run('ip', 'link', 'add', outer(site), 'type', 'veth', 'peer', 'name', inner(site));
      run('ip', 'link', 'set', inner(site), 'netns', namespace(site));
      run('ip', 'link', 'set', outer(site), 'master', bridge, 'up');
      inside(site, 'ip', 'addr', 'add', `${subnet}.${10 + site}/24`, 'dev', inner(site));
      inside(site, 'ip', 'link', 'set', inner(site), 'up');
      inside(site, 'iptables', '-L', '-n');
    }
  } catch (error) {
    remove();
    const { stderr, message } = error as Error & { stderr?: Buffer };
    return `no network namespaces here: ${stderr?.toString().trim() || message}`;
  }
  return {
    hubHost: `${subnet}.1`,
    start: (site, options) => startSite(namespace(site), options),
    cut(site, which) {
      if (which === 'link') run('ip', 'link', 'set', outer(site), 'down');
      if (which === 'up' || which === 'both') inside(site, 'iptables', '-A', 'OUTPUT', '-j', 'DROP');
      if (which === 'down' || which === 'both') inside(site, 'iptables', '-A', 'INPUT', '-j', 'DROP');
    },
    mend(site) {
      run('ip', 'link', 'set', outer(site), 'up');
      inside(site, 'iptables', '-F');
    },
    remove,
  };
}

async function startSite(namespace: string, options: object): Promise<RemoteSite> {
  const script = join(import.meta.dirname, 'nats-site-process.ts');
  const command = ['netns', 'exec', namespace, process.execPath, script, JSON.stringify(options)];
  const child = spawn('ip', command, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const ask = askOver(child);
  await ask.ready;
  return {
    place: async (orders) => void (await ask.for('place', orders)),
    drained: async () => void (await ask.for('drained')),
    logged: async () => (await ask.for('logged')) as { live: string[]; bulk: string[] },
    async close() {
      await ask.for('close').catch(() => undefined);
      child.kill('SIGKILL');
    },
  };
}

function askOver(child: ChildProcess) {
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  let next = 0;
  const expect = (id: number) => new Promise<unknown>((resolve, reject) => waiting.set(id, { resolve, reject }));
  child.on('message', (message) => {
    const { id, value, error } = message as { id: number; value?: unknown; error?: string };
    if (error === undefined) waiting.get(id)?.resolve(value);
    else waiting.get(id)?.reject(new Error(error));
    waiting.delete(id);
  });
  child.on('exit', (code) => {
    for (const { reject } of waiting.values()) reject(new Error(`The site ended with ${code}.`));
  });
  return {
    ready: expect(0),
    for(what: string, orders = 0) {
      next += 1;
      const answer = expect(next);
      child.send({ id: next, what, orders });
      return answer;
    },
  };
}

function run(command: string, ...args: string[]): void {
  execFileSync(command, args, { stdio: 'pipe' });
}

function quietly(command: string, ...args: string[]): void {
  try {
    run(command, ...args);
  } catch {
    // It was not made, or is gone with the namespace.
  }
}
