import type { ShardResult } from '../check/shard.ts';
import { Deferred } from './deferred.ts';
import type { JobEventBody } from './job-event.ts';
import type { JobFeed } from './job-feed.ts';
import type { JobProgress } from './job-record.ts';
import { StorageAbandoned, type StorageRetry } from './storage-retry.ts';
import type { JobStore, Lease } from './store/job-store.ts';

/** Shard results that may wait for the store before no more shards are run for the job. */
const MOST_UNSTORED = 64;

export interface JobWriterParts {
  readonly store: JobStore;
  readonly lease: Lease;
  readonly retry: StorageRetry;
  readonly feed: JobFeed;
  /** Called when the store says that another process holds the lease. */
  readonly onLost: () => void;
  /** Called when results are no longer waiting in too great a number. */
  readonly onCaughtUp: () => void;
}

/**
 * Stores what comes of a job while it runs, beside the running: nobody waits for a write but `settled`. Shard
 * results may be stored in any order; events are stored one after the other.
 */
export class JobWriter {
  readonly #parts: JobWriterParts;
  readonly #events: JobEventBody[] = [];
  #writes = 0;
  #sendingEvent = false;
  #settled: Deferred<void> | undefined;
  #abandoned = false;

  constructor(parts: JobWriterParts) {
    this.#parts = parts;
  }

  /** Whether the store is so far behind that running on would only fill the memory. */
  get isBehind(): boolean {
    return this.#writes >= MOST_UNSTORED;
  }

  start(startedAt: number): void {
    void this.#write(({ store, lease }) => store.start(lease, startedAt));
  }

  shardResult(result: ShardResult, progress: JobProgress): void {
    void this.#write(({ store, lease }) => store.putShardResult(lease, result, progress));
  }

  /** Stores an event after those given before. */
  event(body: JobEventBody): void {
    this.#events.push(body);
    void this.#sendEvents();
  }

  /** Keeps an event for `takeEvents`, rather than storing it by itself. */
  holdEvent(body: JobEventBody): void {
    this.#events.push(body);
  }

  /** Takes the events that are not stored and not being stored, to be stored in another way. */
  takeEvents(): JobEventBody[] {
    return this.#events.splice(0);
  }

  /**
   * Resolves when no write is under way.
   * @throws StorageAbandoned when one was given up: the job must not be ended as if all were stored.
   */
  async settled(): Promise<void> {
    if (this.#writes > 0) {
      this.#settled ??= new Deferred();
      await this.#settled.promise;
    }
    if (this.#abandoned) throw new StorageAbandoned('a write was given up');
  }

  async #sendEvents(): Promise<void> {
    if (this.#sendingEvent) return;
    this.#sendingEvent = true;
    for (let body = this.#events.shift(); body !== undefined; body = this.#events.shift()) {
      const next = body;
      const going = await this.#write(async ({ store, lease, feed }) => {
        const event = await store.appendEvent(lease, next);
        if (event !== undefined) feed.publish([event]);
        return event !== undefined;
      });
      if (!going) break;
    }
    this.#sendingEvent = false;
  }

  /** @returns false when nothing more can be written. */
  async #write(action: (parts: JobWriterParts) => Promise<boolean>): Promise<boolean> {
    this.#writes++;
    const wasBehind = this.isBehind;
    try {
      const held = await this.#parts.retry.run(this.#parts.lease.jobId, () => action(this.#parts));
      if (!held) this.#parts.onLost();
      return held;
    } catch (error) {
      // The process stops: what is missing is done again by whoever resumes the job.
      if (!(error instanceof StorageAbandoned)) throw error;
      this.#abandoned = true;
      return false;
    } finally {
      this.#writes--;
      if (wasBehind && !this.isBehind) this.#parts.onCaughtUp();
      if (this.#writes === 0) {
        this.#settled?.resolve();
        this.#settled = undefined;
      }
    }
  }
}
