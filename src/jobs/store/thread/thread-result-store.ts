import type { StageName } from '../../../check/shard.ts';
import type { JobProgress } from '../../job-record.ts';
import type { Lease } from '../job-store.ts';
import type { EncodedResult, ResultSize, ResultStore } from '../result-store.ts';
import type { StoreThread } from './store-thread.ts';

/** Encoded shard results kept by a thread. */
export class ThreadResultStore implements ResultStore {
  readonly #thread: StoreThread;

  constructor(thread: StoreThread) {
    this.#thread = thread;
  }

  put(lease: Lease, encoded: EncodedResult, progress: JobProgress): Promise<boolean> {
    return this.#thread.call('results', 'put', [lease, encoded, progress]);
  }

  sizes(id: string, point: number, stage: StageName): Promise<readonly ResultSize[]> {
    return this.#thread.call('results', 'sizes', [id, point, stage]);
  }

  read(
    id: string,
    point: number,
    stage: StageName,
    first: number,
    last: number,
  ): Promise<readonly Uint8Array[]> {
    return this.#thread.call('results', 'read', [id, point, stage, first, last]);
  }
}
