import type { Log } from '../src/jobs/log.ts';

/** What the service would log as a warning or worse, on the terminal: a benchmark in which threads die is void. */
export const consoleLog: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: (details, message) => console.error(message, details),
  error: (details, message) => console.error(message, details),
};
