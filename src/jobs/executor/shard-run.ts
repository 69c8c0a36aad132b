import { requestCancel } from '../../check/job-memory.ts';
import type { Shard } from '../../check/shard.ts';
import type { ShardOutcome } from './executor.ts';
import type { SharedJob } from './shard-task.ts';
import type { ShardThread } from './shard-thread.ts';

/** How long a cancelled shard may take to notice before its thread is ended. */
const CANCEL_GRACE_MS = 500;

/** One shard on its way through the executor: it waits for a thread, and is watched over while it runs. */
export class ShardRun {
  readonly job: SharedJob;
  /** Never rejects. */
  readonly outcome: Promise<ShardOutcome>;
  readonly #shard: Shard;
  readonly #timeoutMs: number;
  #settle: (outcome: ShardOutcome) => void = () => undefined;
  #thread: ShardThread | undefined;
  #cancelled = false;
  #timedOut = false;
  #grace: NodeJS.Timeout | undefined;

  constructor(job: SharedJob, shard: Shard, timeoutMs: number) {
    this.job = job;
    this.#shard = shard;
    this.#timeoutMs = timeoutMs;
    this.outcome = new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  /** Runs it on an idle thread, which is ended if the shard hangs. */
  async start(thread: ShardThread): Promise<void> {
    this.#thread = thread;
    const timeout = setTimeout(() => {
      this.#timedOut = true;
      thread.kill();
    }, this.#timeoutMs);
    const outcome = await thread.run(this.job, this.#shard);
    clearTimeout(timeout);
    clearTimeout(this.#grace);
    this.#settle(this.#explain(outcome));
  }

  /** Raises the job's flag, which the shard looks at between batches; its thread is ended if that brings nothing. */
  cancel(): void {
    if (this.#cancelled) return;
    this.#cancelled = true;
    requestCancel(this.job.memory);
    const thread = this.#thread;
    if (thread === undefined) this.#settle({ kind: 'cancelled' });
    else this.#grace = setTimeout(() => thread.kill(), CANCEL_GRACE_MS);
  }

  /** Gives up on a run that still waits for a thread. */
  giveUp(detail: string): void {
    this.#settle({ kind: 'crashed', code: 'shard-crashed', detail });
  }

  /** A thread that was ended on purpose did not crash. */
  #explain(outcome: ShardOutcome): ShardOutcome {
    if (outcome.kind !== 'crashed') return outcome;
    if (this.#cancelled) return { kind: 'cancelled' };
    if (!this.#timedOut) return outcome;
    const seconds = Math.round(this.#timeoutMs / 1000);
    return { kind: 'crashed', code: 'shard-timeout', detail: `the shard did not answer within ${seconds} s` };
  }
}
