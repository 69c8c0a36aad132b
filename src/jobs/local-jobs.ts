import { setTimeout as sleep } from 'node:timers/promises';
import type { Admission, Place } from './admission.ts';
import type { Dispatcher } from './dispatcher.ts';
import type { JobFeeds } from './job-feeds.ts';
import { JobLease, type JobLeaseParts } from './job-lease.ts';
import type { JobRecord } from './job-record.ts';
import type { Log } from './log.ts';
import { type HeldJob, RunningJob, type RunningJobParts } from './running-job.ts';

/** How long shards that run are waited for when the process stops, and how long the ends that follow may take. */
const DRAIN_MS = 3_000;
const ABORT_MS = 1_500;

export interface LocalJobsParts {
  readonly job: RunningJobParts;
  readonly lease: JobLeaseParts;
  readonly admission: Admission;
  readonly dispatcher: Dispatcher;
  readonly feeds: JobFeeds;
  readonly log: Log;
  /** Bytes of numbers that jobs which wait may keep in memory. */
  readonly maxHeldBytes: number;
}

/** The jobs that this process has taken on. */
export class LocalJobs {
  readonly #parts: LocalJobsParts;
  readonly #jobs = new Map<string, RunningJob>();
  #heldBytes = 0;

  constructor(parts: LocalJobsParts) {
    this.#parts = parts;
  }

  get(id: string): RunningJob | undefined {
    return this.#jobs.get(id);
  }

  /** A lease to come for a job. */
  leaseOf(id: string): JobLease {
    return new JobLease(this.#parts.lease, id);
  }

  /** Takes on a job that was just stored. */
  add(record: JobRecord, place: Place, lease: JobLease, taken: HeldJob): void {
    const feed = this.#parts.feeds.openLocal(record);
    // A new job has no events: whoever watches it need not ask the store.
    feed.publish([]);
    const held = this.#heldBytes + record.bytes <= this.#parts.maxHeldBytes;
    const running = new RunningJob(this.#parts.job, record, feed, place, lease, held ? taken : undefined);
    if (held) {
      this.#heldBytes += record.bytes;
      void running.over.then(() => {
        this.#heldBytes -= record.bytes;
      });
    }
    this.#take(running);
  }

  /** Takes on a job that was stored before, and that no other process runs; unless it is here already. */
  adopt(record: JobRecord): void {
    if (this.#jobs.has(record.id)) return;
    const { admission, feeds, job, log } = this.#parts;
    const place = admission.adopt(record.client, record.workSeconds);
    const feed = feeds.openLocal(record);
    log.info({ jobId: record.id, status: record.status }, 'a job is taken up again');
    this.#take(new RunningJob(job, record, feed, place, this.leaseOf(record.id)));
  }

  /** Ends a job as cancelled. Resolves at once when it runs, or when it has ended if it was only waiting. */
  async cancel(running: RunningJob): Promise<void> {
    running.cancel();
    if (!running.opened) await this.#parts.dispatcher.conclude(running);
  }

  async renewLeases(): Promise<void> {
    await Promise.all([...this.#jobs.values()].map((running) => this.#renewLease(running)));
  }

  /**
   * Leaves every job to whoever takes it up next. Shards that run are waited for, and stored, for a few seconds.
   * @param onLate called when the store has not answered in time
   */
  async leaveAll(onLate: () => void): Promise<void> {
    this.#parts.dispatcher.stop();
    const jobs = [...this.#jobs.values()];
    for (const running of jobs) {
      running.leave();
      if (!running.opened) void this.#parts.dispatcher.conclude(running);
    }
    const over = Promise.all(jobs.map((running) => running.over)).then(() => true);
    if (await Promise.race([over, sleep(DRAIN_MS, false, { ref: false })])) return;
    for (const running of jobs) running.abortShards();
    if (await Promise.race([over, sleep(ABORT_MS, false, { ref: false })])) return;
    onLate();
    await Promise.race([over, sleep(ABORT_MS, false, { ref: false })]);
  }

  #take(running: RunningJob): void {
    const { id } = running;
    this.#jobs.set(id, running);
    void running.over.then(() => {
      this.#jobs.delete(id);
      this.#parts.feeds.closeLocal(id);
    });
    this.#parts.dispatcher.add(running);
  }

  /** A lease that could not be renewed may still be good the next time; if not, the store refuses every write. */
  async #renewLease(running: RunningJob): Promise<void> {
    try {
      await running.renewLease();
    } catch (error) {
      this.#parts.log.warn({ jobId: running.id, err: error }, 'a lease could not be renewed');
    }
  }
}
