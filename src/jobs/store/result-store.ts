import type { StageName } from '../../check/shard.ts';
import type { JobProgress } from '../job-record.ts';
import type { Lease } from './job-store.ts';

/** A shard's result as it is stored. */
export interface EncodedResult {
  readonly point: number;
  readonly stage: StageName;
  readonly index: number;
  /** What `encodeShardResult` wrote. */
  readonly result: Uint8Array;
}

export interface ResultSize {
  readonly shard: number;
  readonly bytes: number;
}

/** Keeps shard results as bytes: what is left of a `JobStore` when encoding and decoding are done by its caller. */
export interface ResultStore {
  /** As `JobStore.putShardResult`. */
  put(lease: Lease, encoded: EncodedResult, progress: JobProgress): Promise<boolean>;
  /** Of the results of a stage at one point, in shard order. */
  sizes(id: string, point: number, stage: StageName): Promise<readonly ResultSize[]>;
  /** The results of shards `first` to `last`, in order. @returns bytes that nobody else has. */
  read(
    id: string,
    point: number,
    stage: StageName,
    first: number,
    last: number,
  ): Promise<readonly Uint8Array[]>;
}
