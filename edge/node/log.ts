import { configure, getConsoleSink, getLogger, type Logger, type LogLevel } from '@logtape/logtape';

/** Sends logs at a level and above to standard error, one line each. */
export async function configureLogs(level: LogLevel): Promise<void> {
  await configure({
    reset: true,
    sinks: { console: getConsoleSink() },
    loggers: [
      { category: 'dealeriq', lowestLevel: level, sinks: ['console'] },
      { category: ['logtape', 'meta'], lowestLevel: 'error', sinks: ['console'] },
    ],
  });
}

export const log: Logger = getLogger('dealeriq');
