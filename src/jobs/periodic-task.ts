import type { Log } from './log.ts';

/** Does something again and again in the background, one at a time. What it throws is logged. */
export class PeriodicTask {
  readonly #name: string;
  readonly #intervalMs: number;
  readonly #action: () => Promise<void>;
  readonly #log: Log;
  #timer: NodeJS.Timeout | undefined;
  #stopped = false;

  /** @param name what the log calls it, such as 'the retention sweep' */
  constructor(name: string, intervalMs: number, log: Log, action: () => Promise<void>) {
    this.#name = name;
    this.#intervalMs = intervalMs;
    this.#log = log;
    this.#action = action;
  }

  /** Begins; the first time comes after one interval. */
  start(): void {
    if (!this.#stopped) this.#timer = setTimeout(() => void this.#run(), this.#intervalMs).unref();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  async #run(): Promise<void> {
    try {
      await this.#action();
    } catch (error) {
      this.#log.warn({ err: error }, `${this.#name} failed; it is tried again`);
    }
    this.start();
  }
}
