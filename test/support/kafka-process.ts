import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Order, Report } from './kafka-producer-child.ts';

const CHILD = fileURLToPath(new URL('./kafka-producer-child.ts', import.meta.url));

/** A Kafka client in a process of its own, to be killed or stopped where it is. */
export interface KafkaProcess {
  /** Rejects with the error that the process met; its `code` is kept. */
  tell(order: Order): Promise<void>;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** SIGSTOP and SIGCONT. */
  pause(): void;
  resume(): void;
}

export function startKafkaProcess(): KafkaProcess {
  const child = fork(CHILD, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], execArgv: [] });
  const exited = once(child, 'exit');
  let last = 0;
  return {
    async tell(order) {
      last += 1;
      const number = last;
      const answer = new Promise<Report>((resolve, reject) => {
        const hear = (report: Report): void => {
          if (report.number !== number) return;
          child.off('message', hear);
          resolve(report);
        };
        child.on('message', hear);
        exited.then(() => reject(new Error('the process has ended')), reject);
      });
      child.send({ number, order });
      const { error } = await answer;
      if (error !== undefined) throw Object.assign(new Error(error.message), error);
    },
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
  };
}
