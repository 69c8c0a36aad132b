import type { ChunkStore } from '../chunk-store.ts';
import type { StoreThread } from './store-thread.ts';

/** Chunks kept by a thread. It is given a copy of each: what is put may lie in memory that others go on using. */
export class ThreadChunkStore implements ChunkStore {
  readonly #thread: StoreThread;

  constructor(thread: StoreThread) {
    this.#thread = thread;
  }

  putFirst(id: string, bytes: number, chunk: Uint8Array): Promise<boolean> {
    const copy = chunk.slice();
    return this.#thread.call('chunks', 'putFirst', [id, bytes, copy], copy.buffer);
  }

  putNext(id: string, bytes: number, position: number, chunk: Uint8Array): Promise<boolean> {
    const copy = chunk.slice();
    return this.#thread.call('chunks', 'putNext', [id, bytes, position, copy], copy.buffer);
  }

  bytesOf(id: string): Promise<number | undefined> {
    return this.#thread.call('chunks', 'bytesOf', [id]);
  }

  chunk(id: string, position: number): Promise<Uint8Array | undefined> {
    return this.#thread.call('chunks', 'chunk', [id, position]);
  }

  sweepOrphans(before: number): Promise<number> {
    return this.#thread.call('chunks', 'sweepOrphans', [before]);
  }
}
