import type { Outcome } from './executor.ts';
import type { ShardThread } from './shard-thread.ts';

/** How long a cancelled run may take to notice before its thread is ended. */
const CANCEL_GRACE_MS = 500;

export interface ThreadWork<Result> {
  /** Sends it to an idle thread; never rejects. */
  send(thread: ShardThread): Promise<Outcome<Result>>;
  /** Asks it to end soon. */
  requestCancel(): void;
  /** Whether a thread has what it needs at hand. */
  isAtHand(thread: ShardThread): boolean;
  /** A run that takes longer has hung. */
  readonly timeoutMs: number;
}

/** One piece of work on its way through the executor: it waits for a thread, and is watched over while it runs. */
export class ThreadRun<Result> {
  /** Never rejects. */
  readonly outcome: Promise<Outcome<Result>>;
  readonly #work: ThreadWork<Result>;
  #settle: (outcome: Outcome<Result>) => void = () => undefined;
  #thread: ShardThread | undefined;
  #cancelled = false;
  #timedOut = false;
  #grace: NodeJS.Timeout | undefined;

  constructor(work: ThreadWork<Result>) {
    this.#work = work;
    this.outcome = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  /** Of the idle threads, rather one that has at hand what it needs. */
  choose(idle: readonly ShardThread[]): ShardThread | undefined {
    return idle.find((thread) => this.#work.isAtHand(thread)) ?? idle[0];
  }

  /** Runs it on an idle thread, which is ended if the work hangs. */
  async start(thread: ShardThread): Promise<void> {
    this.#thread = thread;
    const timeout = setTimeout(() => {
      this.#timedOut = true;
      thread.kill();
    }, this.#work.timeoutMs);
    const outcome = await this.#work.send(thread);
    clearTimeout(timeout);
    clearTimeout(this.#grace);
    this.#settle(this.#explain(outcome));
  }

  /** Asks the work to end; its thread is ended if that brings nothing. */
  cancel(): void {
    if (this.#cancelled) return;
    this.#cancelled = true;
    this.#work.requestCancel();
    const thread = this.#thread;
    if (thread === undefined) this.#settle({ kind: 'cancelled' });
    else this.#grace = setTimeout(() => thread.kill(), CANCEL_GRACE_MS);
  }

  /** Gives up on a run that still waits for a thread. */
  giveUp(detail: string): void {
    this.#settle({ kind: 'crashed', code: 'shard-crashed', detail });
  }

  /** A thread that was ended on purpose did not crash. */
  #explain(outcome: Outcome<Result>): Outcome<Result> {
    if (outcome.kind !== 'crashed') return outcome;
    if (this.#cancelled) return { kind: 'cancelled' };
    if (!this.#timedOut) return outcome;
    const seconds = Math.round(this.#work.timeoutMs / 1000);
    return { kind: 'crashed', code: 'shard-timeout', detail: `the shard did not answer within ${seconds} s` };
  }
}
