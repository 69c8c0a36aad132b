import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from './log.ts';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 5_000;

/** The process stops while the store cannot be written: what was to be stored stays undone. */
export class StorageAbandoned extends Error {
  override readonly name = 'StorageAbandoned';
}

/**
 * Carries a job over times in which the store does not answer (no room left, read-only, busy): it waits, and tries
 * again, for as long as the process runs. An accepted job is never given up for the store's sake.
 */
export class StorageRetry {
  readonly #log: Log;
  readonly #stopped: AbortSignal;

  constructor(log: Log, stopped: AbortSignal) {
    this.#log = log;
    this.#stopped = stopped;
  }

  /**
   * @param action must be harmless to repeat after it failed
   * @throws StorageAbandoned once `stopped` aborts
   */
  async run<T>(jobId: string, action: () => Promise<T>): Promise<T> {
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
      try {
        return await action();
      } catch (error) {
        if (this.#stopped.aborted) throw new StorageAbandoned('the process stops', { cause: error });
        if (pause === FIRST_PAUSE_MS)
          this.#log.warn({ jobId, err: error }, 'the store failed; the job waits for it');
        await sleep(pause, undefined, { signal: this.#stopped }).catch(() => undefined);
      }
    }
  }
}
