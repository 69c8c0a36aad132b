import type { CheckJob } from '../../check/check-job.ts';
import type { Shard, ShardResult } from '../../check/shard.ts';
import type { ErrorCode } from '../../errors/catalogue.ts';
import type { InlinePayload } from '../job-payload.ts';
import type { WholeCheck } from './whole-check.ts';

/** What became of work. Errors never cross as exceptions: their class would be lost between threads. */
export type Outcome<Result> = { readonly kind: 'done'; readonly result: Result } | BadOutcome;

export type BadOutcome =
  | { readonly kind: 'cancelled' }
  /** The thread that ran it died (exit, heap, a late throw) or hung: the same may succeed on a fresh thread. */
  | { readonly kind: 'crashed'; readonly code: ErrorCode; readonly detail: string }
  /** The work itself went wrong and would do so again. */
  | { readonly kind: 'failed'; readonly code: ErrorCode; readonly detail: string };

export type ShardOutcome = Outcome<ShardResult>;

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

  /**
   * Checks a job from beginning to end on one thread, without its being opened: for those that take no longer than to
   * hand out a shard. Never rejects. After `signal` aborts it resolves soon, with `cancelled` if it had not ended.
   */
  check(job: InlinePayload, signal: AbortSignal): Promise<Outcome<WholeCheck>>;

  /** Lets go of a job's numbers. Shards still running are cancelled. */
  close(jobId: string): Promise<void>;

  /** How many shards, or whole jobs, can run at once. */
  capacity(): number;

  /** Ends every thread. Shards still running resolve as `cancelled`. */
  destroy(): Promise<void>;
}
