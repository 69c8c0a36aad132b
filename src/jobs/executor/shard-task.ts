import type { Shard } from '../../check/shard.ts';
import type { ShardOutcome } from './executor.ts';

/** What a thread is sent. */
export interface ThreadTask {
  /** Jobs that have been closed: their memory is let go of first. */
  readonly forget: readonly string[];
  /** Without work, a task only shows that the thread is up and brings the above. */
  readonly work?: ShardWork;
}

export interface ShardWork {
  readonly jobId: string;
  /** The job's memory; left out when the thread holds it already. */
  readonly memory?: WebAssembly.Memory;
  readonly shard: Shard;
  readonly slot: number;
}

/** What a worker itself can tell of a shard. That its thread died, others tell. */
export type WorkerAnswer = Exclude<ShardOutcome, { kind: 'crashed' }>;
