import type { JobStore, Store } from '../job-store.ts';
import type { TensorStore } from '../tensor-store.ts';
import { MemoryJobStore } from './memory-job-store.ts';
import { MemoryTensorStore } from './memory-tensor-store.ts';

/** A store that lives as long as its process: for tests. */
export class MemoryStore implements Store {
  readonly jobs: JobStore;
  readonly tensors: TensorStore;

  /** @param clock - ms since 1970; says when tensors are put and jobs removed. */
  constructor(clock: () => number = Date.now) {
    const tensors: MemoryTensorStore = new MemoryTensorStore(clock, (id) => jobs.names(id));
    const jobs = new MemoryJobStore(clock, (id) => tensors.bytesOf(id));
    this.jobs = jobs;
    this.tensors = tensors;
  }

  async ping(): Promise<void> {}

  async close(): Promise<void> {}
}
