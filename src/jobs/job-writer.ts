import type { ShardResult } from '../check/shard.ts';
import { Deferred } from './deferred.ts';
import type { NewEvent, StoredEvent } from './job-event.ts';
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
  readonly #events: NewEvent[] = [];
  #writes = 0;
  #sendingEvents = false;
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

  /** @param point the number of the point that it is of */
  shardResult(result: ShardResult, progress: JobProgress, point: number): void {
    void this.#write(({ store, lease }) => store.putShardResult(lease, result, progress, point));
  }

  /** Stores an event after those given before. */
  event(event: NewEvent): void {
    this.#events.push(event);
    void this.#sendEvents();
  }

  /** Keeps an event for `takeEvents`, rather than storing it by itself. */
  holdEvent(event: NewEvent): void {
    this.#events.push(event);
  }

  /** Takes the events that are not stored and not being stored, to be stored in another way. */
  takeEvents(): NewEvent[] {
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
    if (this.#sendingEvents) return;
    this.#sendingEvents = true;
    for (let event = this.#events.shift(); event !== undefined; event = this.#events.shift()) {
      const next = event;
      let isRepeated = false;
      const stored = await this.#write(async ({ store, lease }) => {
        const known = isRepeated ? await this.#findStored(next) : undefined;
        isRepeated = true;
        return known ?? store.appendEvent(lease, next);
      });
      if (stored === undefined) break;
      this.#parts.feed.publish([stored]);
    }
    this.#sendingEvents = false;
  }

  /** An event that was stored although the store did not say so: its answer may be what was lost. */
  async #findStored({ type, data }: NewEvent): Promise<StoredEvent | undefined> {
    const { store, lease, feed } = this.#parts;
    const [found] = await store.events(lease.jobId, feed.events.last ?? 0, 1);
    return found?.type === type && found.data === data ? found : undefined;
  }

  /** @returns undefined when nothing more can be written. */
  async #write<T>(action: (parts: JobWriterParts) => Promise<T>): Promise<T | undefined> {
    const { retry, lease, onLost, onCaughtUp } = this.#parts;
    this.#writes++;
    const wasBehind = this.isBehind;
    try {
      const written = await retry.run(lease.jobId, () => action(this.#parts));
      if (written) return written;
      onLost();
    } catch (error) {
      // The process stops: what is missing is done again by whoever resumes the job.
      if (!(error instanceof StorageAbandoned)) throw error;
      this.#abandoned = true;
    } finally {
      this.#writes--;
      if (wasBehind && !this.isBehind) onCaughtUp();
      if (this.#writes === 0) {
        this.#settled?.resolve();
        this.#settled = undefined;
      }
    }
    return undefined;
  }
}
