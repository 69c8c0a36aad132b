import { Deferred } from './deferred.ts';
import type { LastEvent, StoredEvent } from './job-event.ts';
import { JobFeed } from './job-feed.ts';
import { isTerminal, type JobRecord } from './job-record.ts';
import type { LiveProgress } from './live-progress.ts';
import type { Log } from './log.ts';
import type { JobStore } from './store/job-store.ts';

/** How often jobs that another process runs are looked at, while somebody watches them here. */
const POLL_MS = 500;
const PAGE = 200;

/** A job as one of its watchers sees it. */
export interface JobWatch {
  /** Undefined when the job does not run in this process (any more). */
  progress(): LiveProgress | undefined;
  /** Stored events with an id greater than `after`, in order, at most `limit`; rarely asks the store. */
  events(after: number, limit: number): Promise<readonly StoredEvent[]>;
  /** What the store says of the newest event: what is known here may be behind the process that runs the job. */
  lastEvent(): Promise<LastEvent | undefined>;
  /**
   * Calls `listener` when an event was stored, the status changed or, at most about ten times a second, progress was
   * made. A listener that throws is not called again.
   * @returns a function that ends the listening
   */
  onChange(listener: () => void): () => void;
}

/** A job, and the JSON text of its report when it has succeeded. */
export interface JobOutcome {
  readonly job: JobRecord;
  readonly report?: string;
}

/** The feeds of the jobs that run here, and of those that are watched here. */
export class JobFeeds {
  readonly #store: JobStore;
  readonly #log: Log;
  readonly #feeds = new Map<string, JobFeed>();
  /** Jobs that this process runs, or will. */
  readonly #local = new Set<string>();
  readonly #waits = new Set<() => void>();
  #polling: NodeJS.Timeout | undefined;
  #stopped = false;

  constructor(store: JobStore, log: Log) {
    this.#store = store;
    this.#log = log;
  }

  /** The job as the process that runs it knows it; undefined when that is another one. */
  localRecord(id: string): JobRecord | undefined {
    return this.#local.has(id) ? this.#feeds.get(id)?.record : undefined;
  }

  /** The feed of a job that is to run here. Whoever runs it tells the feed everything. */
  openLocal(record: JobRecord): JobFeed {
    const feed = this.#feedOf(record.id);
    this.#local.add(record.id);
    feed.update(record);
    return feed;
  }

  /** The job has ended, or goes on in another process. */
  closeLocal(id: string): void {
    this.#local.delete(id);
    this.#drop(id);
    this.#keepPolling();
  }

  watch(id: string): JobWatch {
    return {
      progress: () => this.#feeds.get(id)?.progress,
      events: async (after, limit) =>
        this.#feeds.get(id)?.events.after(after, limit) ?? (await this.#store.events(id, after, limit)),
      lastEvent: () => this.#store.lastEvent(id),
      onChange: (listener) => this.#subscribe(id, listener),
    };
  }

  /** Resolves with the job when it has ended, or with undefined after `ms` or when waits are ended. */
  async untilEnd(id: string, ms: number): Promise<JobOutcome | undefined> {
    const { promise, resolve } = new Deferred<JobOutcome | undefined>();
    const look = () => {
      const feed = this.#feeds.get(id);
      if (feed?.record === undefined || !isTerminal(feed.record.status)) return;
      resolve({ job: feed.record, report: feed.report });
    };
    const giveUp = () => resolve(undefined);
    const timer = setTimeout(giveUp, ms);
    this.#waits.add(giveUp);
    const unsubscribe = this.#subscribe(id, look);
    look();
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#waits.delete(giveUp);
      unsubscribe();
    }
  }

  /** Ends every wait for a job's end. */
  endWaits(): void {
    for (const giveUp of this.#waits) giveUp();
  }

  /** Ends the polling. */
  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#polling);
  }

  #feedOf(id: string): JobFeed {
    const feed = this.#feeds.get(id) ?? new JobFeed();
    this.#feeds.set(id, feed);
    return feed;
  }

  #subscribe(id: string, listener: () => void): () => void {
    const unsubscribe = this.#feedOf(id).onChange(listener);
    this.#keepPolling();
    return () => {
      unsubscribe();
      this.#drop(id);
    };
  }

  /** Nobody needs the feed of a job that neither runs nor is watched here. */
  #drop(id: string): void {
    if (!this.#local.has(id) && this.#feeds.get(id)?.watched === false) this.#feeds.delete(id);
  }

  #keepPolling(): void {
    if (this.#stopped || this.#polling !== undefined || this.#feeds.size === this.#local.size) return;
    this.#polling = setTimeout(() => void this.#poll(), POLL_MS).unref();
  }

  async #poll(): Promise<void> {
    for (const [id, feed] of [...this.#feeds]) {
      if (this.#local.has(id)) continue;
      try {
        await this.#refresh(id, feed);
      } catch (error) {
        this.#log.warn({ jobId: id, err: error }, 'a watched job could not be read from the store');
      }
    }
    this.#polling = undefined;
    this.#keepPolling();
  }

  async #refresh(id: string, feed: JobFeed): Promise<void> {
    if (feed.record !== undefined && isTerminal(feed.record.status)) return;
    const record = await this.#store.get(id);
    for (;;) {
      const events = await this.#store.events(id, feed.events.last ?? 0, PAGE);
      feed.publish(events);
      if (events.length < PAGE) break;
    }
    if (record !== undefined && JSON.stringify(record) !== JSON.stringify(feed.record)) feed.update(record);
  }
}
