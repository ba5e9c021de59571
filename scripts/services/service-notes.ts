import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { EdgeError } from '../../src/core/errors.ts';
import { freePorts, isFree } from './free-port.ts';
import { endProcess, isAlive } from './server-process.ts';
import type { RunningService } from './service.ts';

/** The folder of a service below `.data/services`, with its notes of what runs and on which ports. */
export interface ServiceNotes {
  readonly folder: string;
  /** The service as it was noted when its process is still there; `undefined` otherwise. */
  read(): RunningService | undefined;
  write(service: RunningService, ports: readonly number[]): void;
  /** Ends the noted process where it runs, and forgets it. */
  end(running: RunningService | undefined): Promise<void>;
  /**
   * The wanted first port, else the ports of the last time where they are free, then the usual ones, then any.
   * @throws {EdgeError} `invalid-config` when the wanted port is taken.
   */
  choosePorts(usual: readonly number[], wanted: number | undefined): Promise<number[]>;
}

/** The notes of a service by its name. */
export function serviceNotes(name: string): ServiceNotes {
  const folder = resolve(import.meta.dirname, '../../.data/services', name);
  const runningFile = join(folder, 'running.json');
  const portsFile = join(folder, 'ports.json');
  return {
    folder,
    read() {
      if (!existsSync(runningFile)) return undefined;
      const note = JSON.parse(readFileSync(runningFile, 'utf8')) as RunningService;
      return isAlive(note.pid) ? note : undefined;
    },
    write(service, ports) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(portsFile, JSON.stringify(ports));
      writeFileSync(runningFile, JSON.stringify(service, null, 2));
    },
    async end(running) {
      if (running !== undefined) await endProcess(running.pid);
      rmSync(runningFile, { force: true });
    },
    async choosePorts(usual, wanted) {
      if (wanted !== undefined && !(await isFree(wanted))) {
        throw new EdgeError('invalid-config', `Port ${wanted} is taken. Stop what uses it, or choose another --port.`);
      }
      const last = existsSync(portsFile) ? (JSON.parse(readFileSync(portsFile, 'utf8')) as number[]) : [];
      const ports: number[] = [];
      for (const [index, port] of usual.entries()) {
        if (index === 0 && wanted !== undefined) ports.push(wanted);
        else ports.push(...(await freePorts(1, [last[index] ?? port, port])));
      }
      return ports;
    },
  };
}
