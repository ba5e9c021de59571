/**
 * Places where a test may end or stop the process, so that every step between two awaits can be the last one.
 * `DEALERIQ_FAULT_POINT=<name>[:<nth>][:<signal>]`: at the nth time (1) the process sends itself the signal (SIGKILL).
 */
const wanted = parse(process.env.DEALERIQ_FAULT_POINT);
let left = wanted?.nth ?? 0;

/** The places of the way up, in the order in which a shard passes them. */
export const UP_FAULT_POINTS = [
  'up-before-init',
  'up-after-init',
  'up-after-checkpoint',
  'up-after-source',
  'up-before-begin',
  'up-after-begin',
  'up-after-send',
  'up-after-commit',
  'up-after-receipt',
  'up-before-purge',
] as const;

/** The places of the way down, in the order in which a partition passes them. */
export const DOWN_FAULT_POINTS = [
  'down-after-checkpoint',
  'down-before-dead-letters',
  'down-after-init',
  'down-after-noted',
  'down-after-begin',
  'down-after-send',
  'down-after-commit',
  'down-after-dead-letters',
  'down-before-batch',
  'down-after-batch',
  'down-before-purge',
] as const;

/** Ends or stops the process here when the environment asks for it; otherwise does nothing. */
export function faultPoint(name: string): void {
  if (wanted === undefined || wanted.name !== name) return;
  left -= 1;
  if (left === 0) process.kill(process.pid, wanted.signal);
}

function parse(text: string | undefined) {
  if (text === undefined || text === '') return undefined;
  const [name = '', nth = '1', signal = 'SIGKILL'] = text.split(':');
  return { name, nth: Number(nth), signal: signal as NodeJS.Signals };
}
