import { findWorkerFile, type WorkerFile } from '../../../threads/worker-file.ts';
import { ChunkedTensorStore } from '../chunked-tensor-store.ts';
import type { Store } from '../job-store.ts';
import type { SqliteStoreOptions } from '../sqlite/open-sqlite-store.ts';
import { StoreThread } from './store-thread.ts';
import { ThreadChunkStore } from './thread-chunk-store.ts';
import { ThreadJobStore } from './thread-job-store.ts';

export interface ThreadStoreOptions extends SqliteStoreOptions {
  /** The file that the thread loads: `workers/store` if left out. */
  readonly worker?: WorkerFile;
}

/**
 * Opens the embedded store on a thread of its own, which waits for the disk while the caller goes on. What becomes of
 * calls when that thread ends: see `StoreThread`.
 * @throws GradcheckError as `openSqliteStore` does.
 */
export async function openThreadStore({
  path,
  log,
  clock = Date.now,
  worker = findWorkerFile('store'),
}: ThreadStoreOptions): Promise<Store> {
  const thread = await StoreThread.start({ worker, start: { path }, clock, log });
  return {
    jobs: new ThreadJobStore(thread),
    tensors: new ChunkedTensorStore(new ThreadChunkStore(thread)),
    ping: () => thread.call('life', 'ping', []),
    close: () => thread.close(),
  };
}
