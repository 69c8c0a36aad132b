import type { CheckJob } from '../check/check-job.ts';
import type { ShardResult, StageName } from '../check/shard.ts';
import type { StoredEvent } from './job-event.ts';
import { loadPayload } from './job-payload.ts';
import type { StorageRetry } from './storage-retry.ts';
import type { Store } from './store/job-store.ts';

const EVENT_PAGE = 200;

/** What is stored of one job by whoever had it before. */
export class EarlierWork {
  readonly #store: Store;
  readonly #retry: StorageRetry;
  readonly #jobId: string;

  constructor(store: Store, retry: StorageRetry, jobId: string) {
    this.#store = store;
    this.#retry = retry;
    this.#jobId = jobId;
  }

  /** The job's spec and numbers; undefined when a part of them is gone. */
  async job(): Promise<CheckJob | undefined> {
    const payload = await this.#read(() => this.#store.jobs.payload(this.#jobId));
    return payload && this.#read(() => loadPayload(payload, this.#store.tensors));
  }

  /** Every event so far. */
  async events(): Promise<readonly StoredEvent[]> {
    const all: StoredEvent[] = [];
    for (;;) {
      const after = all.at(-1)?.id ?? 0;
      const page = await this.#read(() => this.#store.jobs.events(this.#jobId, after, EVENT_PAGE));
      all.push(...page);
      if (page.length < EVENT_PAGE) return all;
    }
  }

  async results(stage: StageName, point: number): Promise<readonly ShardResult[]> {
    return this.#read(() => this.#store.jobs.shardResults(this.#jobId, stage, point));
  }

  #read<T>(action: () => Promise<T>): Promise<T> {
    return this.#retry.run(this.#jobId, action);
  }
}
