import type { CheckJob } from '../../check/check-job.ts';
import type { Shard, ShardResult } from '../../check/shard.ts';
import type { ErrorCode } from '../../errors/catalogue.ts';

/** What became of a shard. Errors never cross as exceptions: their class would be lost between threads. */
export type ShardOutcome =
  | { readonly kind: 'done'; readonly result: ShardResult }
  | { readonly kind: 'cancelled' }
  /** The thread that ran it died (exit, heap, a late throw) or hung: the same shard may succeed on a fresh thread. */
  | { readonly kind: 'crashed'; readonly code: ErrorCode; readonly detail: string }
  /** The shard itself went wrong and would do so again. */
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly detail: string };

/**
 * Runs shards somewhere. A job is opened once before its first shard and closed after its last; between them its
 * numbers lie where the workers read them.
 */
export interface Executor {
  /**
   * Makes a job's numbers reachable to workers.
   * @returns the same job with its numbers where they are now, good until it is closed: whoever goes on with this one
   * need not keep the other, and they are in memory once.
   */
  open(jobId: string, job: CheckJob): Promise<CheckJob>;

  /**
   * Runs one shard of an open job. Never rejects. After `signal` aborts it resolves soon with `cancelled`, the
   * thread left free for other jobs. Cancelling is for the job as a whole: until it is opened again, its other
   * shards come to `cancelled` too.
   */
  run(jobId: string, shard: Shard, signal: AbortSignal): Promise<ShardOutcome>;

  /** Lets go of a job's numbers. Shards still running are cancelled. */
  close(jobId: string): Promise<void>;

  /** How many shards can run at once. */
  capacity(): number;

  /** Ends every thread. Shards still running resolve as `cancelled`. */
  destroy(): Promise<void>;
}
