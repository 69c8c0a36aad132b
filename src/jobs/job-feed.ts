import type { StoredEvent } from './job-event.ts';
import type { JobRecord } from './job-record.ts';
import { type LiveProgress, ProgressMeter } from './live-progress.ts';
import { RecentEvents } from './recent-events.ts';

/** Listeners hear of progress once in so many ms at most. */
const PROGRESS_MS = 100;

/** What this process knows of one job as it goes on, and who wants to hear of it. */
export class JobFeed {
  readonly events = new RecentEvents();
  readonly #listeners = new Set<() => void>();
  #meter = new ProgressMeter();
  #record: JobRecord | undefined;
  #progress: LiveProgress | undefined;
  #toldAt = 0;
  #telling: NodeJS.Timeout | undefined;

  /** The job as it was last heard of; undefined until it was. */
  get record(): JobRecord | undefined {
    return this.#record;
  }

  /** Live progress of a job that this process runs. */
  get progress(): LiveProgress | undefined {
    return this.#progress;
  }

  /** The text of the report, once the job has ended with one. */
  get report(): string | undefined {
    const { newest } = this.events;
    return newest?.type === 'report' ? newest.data : undefined;
  }

  get watched(): boolean {
    return this.#listeners.size > 0;
  }

  /** The job has changed: its status, or something else of its record. */
  update(record: JobRecord): void {
    this.#record = record;
    this.#tell();
  }

  /** Events have been stored. */
  publish(events: readonly StoredEvent[]): void {
    this.events.append(events);
    if (events.length > 0) this.#tell();
  }

  /** Components have been finished: `record.progress` has changed. */
  advance(record: JobRecord): void {
    const now = performance.now();
    this.#record = record;
    this.#progress = this.#meter.measure(record.progress, now);
    if (!this.watched || this.#telling !== undefined) return;
    const wait = this.#toldAt + PROGRESS_MS - now;
    if (wait <= 0) this.#tell();
    else this.#telling = setTimeout(() => this.#tell(), wait).unref();
  }

  /** The job has ended, its last events stored. */
  end(record: JobRecord, events: readonly StoredEvent[]): void {
    this.#record = record;
    this.events.append(events);
    this.#forgetProgress();
    this.#tell();
  }

  /** The job goes on in another process: what comes next is no longer known here. */
  leave(): void {
    this.#forgetProgress();
    this.#tell();
  }

  /** @returns a function that ends the listening */
  onChange(listener: () => void): () => void {
    // Wrapped, so that one function may listen twice.
    const own = () => listener();
    this.#listeners.add(own);
    return () => this.#listeners.delete(own);
  }

  #forgetProgress(): void {
    this.#progress = undefined;
    this.#meter = new ProgressMeter();
  }

  #tell(): void {
    clearTimeout(this.#telling);
    this.#telling = undefined;
    this.#toldAt = performance.now();
    for (const listener of this.#listeners) this.#call(listener);
  }

  /** A reader's mistake must not reach the job: a listener that throws is not called again. */
  #call(listener: () => void): void {
    try {
      listener();
    } catch {
      this.#listeners.delete(listener);
    }
  }
}
