import { setImmediate } from 'node:timers/promises';
import type { ShardResult, StageName } from '../../check/shard.ts';
import type { JobProgress } from '../job-record.ts';
import type { Lease } from './job-store.ts';
import type { ResultSize, ResultStore } from './result-store.ts';
import { decodeShardResult, encodeShardResult } from './shard-result-codec.ts';
import { CHUNK_BYTES } from './tensor-store.ts';

/** Shard results over a store of their bytes. */
export class ShardResults {
  readonly #stored: ResultStore;

  constructor(stored: ResultStore) {
    this.#stored = stored;
  }

  /** As `JobStore.putShardResult`. */
  put(lease: Lease, result: ShardResult, progress: JobProgress, point: number): Promise<boolean> {
    const { stage, index } = result;
    return this.#stored.put(lease, { point, stage, index, result: encodeShardResult(result) }, progress);
  }

  /** Results in shard order. About a chunk's bytes are read and decoded at once; then the event loop is let run. */
  async read(id: string, stage: StageName, point: number): Promise<readonly ShardResult[]> {
    const results: ShardResult[] = [];
    const sizes = await this.#stored.sizes(id, point, stage);
    for (const [first, last] of runsOf(sizes)) {
      if (results.length > 0) await setImmediate();
      const run = await this.#stored.read(id, point, stage, first, last);
      for (const result of run) results.push(decodeShardResult(result));
    }
    return results;
  }
}

/** Cuts shards, in order, into runs [first, last] of about a chunk's bytes. */
function* runsOf(sizes: readonly ResultSize[]): Generator<[number, number]> {
  let first: number | undefined;
  let bytes = 0;
  for (const size of sizes) {
    first ??= size.shard;
    bytes += size.bytes;
    if (bytes < CHUNK_BYTES && size !== sizes.at(-1)) continue;
    yield [first, size.shard];
    first = undefined;
    bytes = 0;
  }
}
