import type { JobEnd } from './job-end.ts';

/** What ends a job's stages early. */
export type Interruption =
  | Exclude<JobEnd, { kind: 'succeeded' }>
  /** Another process has taken the job over, or ended it. */
  | { readonly kind: 'lost' }
  /** This process stops: another one, or its next run, goes on. */
  | { readonly kind: 'left' };

/** Whether, and by what, a job is interrupted. The first cause counts, but for the loss of the job. */
export class InterruptionSwitch {
  readonly #controller = new AbortController();
  readonly #onInterrupt: () => void;
  #cause: Interruption | undefined;
  #closed = false;

  constructor(onInterrupt: () => void) {
    this.#onInterrupt = onInterrupt;
  }

  /** Aborts when shards that run should end. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  get cause(): Interruption | undefined {
    return this.#cause;
  }

  get isSet(): boolean {
    return this.#cause !== undefined;
  }

  /** Shards that run are ended, unless the job is only left: then what they find is still stored. */
  set(cause: Interruption): void {
    if (this.#closed || (this.isSet && cause.kind !== 'lost')) return;
    this.#cause = cause;
    if (cause.kind !== 'left') this.#controller.abort();
    this.#onInterrupt();
  }

  /** Ends the shards that run. */
  abortShards(): void {
    this.#controller.abort();
  }

  /** From now on it is too late to interrupt. */
  close(): void {
    this.#closed = true;
  }
}
