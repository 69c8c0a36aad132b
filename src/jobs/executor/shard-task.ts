import type { Shard, ShardResult } from '../../check/shard.ts';
import type { InlinePayload } from '../job-payload.ts';
import type { Outcome } from './executor.ts';
import type { WholeCheck } from './whole-check.ts';

/** A job that has been opened: its numbers lie in a memory that every thread can be given. */
export interface SharedJob {
  readonly memory: WebAssembly.Memory;
  /** Differs for every job that was ever opened, while a memory is used again. */
  readonly opening: number;
}

/** What a thread is sent. */
export interface ThreadTask {
  /** Memories to let go of first, by the numbers they have on this thread. */
  readonly forget: readonly number[];
  /** Without work, a task only shows that the thread is up and brings the above. */
  readonly work?: ShardWork | WholeWork;
}

export interface ShardWork {
  readonly kind: 'shard';
  /** The number that the job's memory has on this thread. */
  readonly place: number;
  /** The memory; left out when the thread holds it already. */
  readonly memory?: WebAssembly.Memory;
  readonly opening: number;
  readonly shard: Shard;
  readonly slot: number;
}

/** A job to be checked from beginning to end. */
export interface WholeWork {
  readonly kind: 'whole';
  readonly job: InlinePayload;
}

/** What a worker itself can tell of its work. That its thread died, others tell. */
export type WorkerAnswer<Result = ShardResult | WholeCheck> = Exclude<Outcome<Result>, { kind: 'crashed' }>;
