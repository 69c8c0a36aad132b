import type { CheckJob } from '../check/check-job.ts';
import type { Place } from './admission.ts';
import { chooseDriver } from './choose-driver.ts';
import type { Clock } from './clock.ts';
import { startDeadline } from './deadline.ts';
import { Deferred } from './deferred.ts';
import { EarlierWork } from './earlier-work.ts';
import type { Executor } from './executor/executor.ts';
import type { QueuedJob } from './fair-queue.ts';
import { InterruptionSwitch } from './interruption.ts';
import type { JobDriver, JobDriverParts } from './job-driver.ts';
import { type JobEnd, storeEnd } from './job-end.ts';
import type { NewEvent } from './job-event.ts';
import type { JobFeed } from './job-feed.ts';
import type { JobLease } from './job-lease.ts';
import type { JobError, JobProgress, JobRecord } from './job-record.ts';
import type { JobTask } from './job-task.ts';
import { JobWriter } from './job-writer.ts';
import type { Log } from './log.ts';
import { StorageAbandoned, type StorageRetry } from './storage-retry.ts';
import type { Lease, Store } from './store/job-store.ts';

/**
 * A job of less estimated work stores nothing between its being accepted and its end: after a crash it is run again
 * from the start, which costs less than storing its start, its shards' results and its events every time.
 */
const CHEAP_SECONDS = 0.05;

export interface RunningJobParts {
  readonly store: Store;
  readonly executor: Executor;
  readonly retry: StorageRetry;
  readonly clock: Clock;
  readonly log: Log;
  readonly settings: {
    readonly shardAttempts: number;
    readonly jobDeadlineSeconds: number;
    readonly retentionSeconds: number;
  };
}

/** What a job that is taken up tells of its tasks. */
export interface RunningJobHooks {
  /** There is something to be run. */
  onReady(): void;
  /** There will be nothing more. */
  onTasksOver(): void;
}

/** A job's numbers at hand. */
export interface HeldJob {
  readonly job: CheckJob;
  /** Bytes of memory that it takes while it is open. */
  readonly memoryBytes: number;
}

type Succeeded = Extract<JobEnd, { kind: 'succeeded' }>;

/** One job in this process: until it has ended, is lost to another process, or is left to one when this one stops. */
export class RunningJob implements QueuedJob {
  readonly #parts: RunningJobParts;
  readonly #feed: JobFeed;
  readonly #place: Place;
  readonly #lease: JobLease;
  readonly #earlier: EarlierWork;
  readonly #interruption = new InterruptionSwitch(() => this.#driver?.drop());
  readonly #over = new Deferred<void>();
  readonly #memoryBytes: number;
  #record: JobRecord;
  #job: CheckJob | undefined;
  #living: Promise<void> | undefined;
  #writer: JobWriter | undefined;
  #driver: JobDriver | undefined;

  /** @param held left out when the job is to be read from the store */
  constructor(
    parts: RunningJobParts,
    record: JobRecord,
    feed: JobFeed,
    place: Place,
    lease: JobLease,
    held?: HeldJob,
  ) {
    this.#parts = parts;
    this.#record = record;
    this.#feed = feed;
    this.#place = place;
    this.#lease = lease;
    this.#job = held?.job;
    // Of one that is to be read first, its numbers are known, and they are the most of it as a rule.
    this.#memoryBytes = held?.memoryBytes ?? 3 * record.bytes;
    this.#earlier = new EarlierWork(parts.store, parts.retry, record.id);
  }

  get id(): string {
    return this.#record.id;
  }

  get client(): string {
    return this.#record.client;
  }

  /** Bytes of memory that it takes while it is open. */
  get bytes(): number {
    return this.#memoryBytes;
  }

  get ready(): boolean {
    return this.#driver?.ready === true;
  }

  /** Whether it has been taken up. */
  get opened(): boolean {
    return this.#living !== undefined;
  }

  /** Resolves when this process is done with the job. */
  get over(): Promise<void> {
    return this.#over.promise;
  }

  /** Takes the job up, and sees it to its end. Never rejects; called again, it gives the same promise. */
  live(hooks: RunningJobHooks): Promise<void> {
    this.#living ??= this.#live(hooks);
    return this.#living;
  }

  takeTask(): JobTask | undefined {
    return this.#driver?.takeTask();
  }

  cancel(): void {
    this.#interruption.set({ kind: 'cancelled' });
    if (this.#interruption.cause?.kind !== 'cancelled' || this.#record.cancelRequested) return;
    this.#record = { ...this.#record, cancelRequested: true };
    this.#feed.update(this.#record);
  }

  /** Leaves the job to whoever takes it up next; shards that run are still waited for, and stored. */
  leave(): void {
    this.#interruption.set({ kind: 'left' });
  }

  /** Ends the shards that run. */
  abortShards(): void {
    this.#interruption.abortShards();
  }

  /** Keeps the lease of a job that has been taken up, and hears of a cancellation stored by another process. */
  async renewLease(): Promise<void> {
    if (!this.opened || this.#lease.held === undefined) return;
    if (!(await this.#lease.renew())) this.#interruption.set({ kind: 'lost' });
    const stored = await this.#parts.store.jobs.get(this.id);
    if (stored?.cancelRequested) this.cancel();
  }

  async #live(hooks: RunningJobHooks): Promise<void> {
    const { log, executor } = this.#parts;
    try {
      const success = await this.#work(hooks);
      hooks.onTasksOver();
      await executor.close(this.id);
      // It holds numbers that are the executor's again.
      this.#driver = undefined;
      await this.#conclude(success);
    } catch (error) {
      // Without another word to the store the job stays as it is, and is resumed once its lease is over.
      if (error instanceof StorageAbandoned) log.info({ jobId: this.id }, 'the job is left as it is stored');
      else log.error({ jobId: this.id, err: error }, 'the job could not be ended');
    } finally {
      hooks.onTasksOver();
      this.#place.leave();
      this.#over.resolve();
    }
  }

  /** @returns undefined when the work was interrupted. */
  async #work(hooks: RunningJobHooks): Promise<Succeeded | undefined> {
    const seconds = this.#parts.settings.jobDeadlineSeconds;
    const detail = `the job did not end within ${seconds} s`;
    const callOff = startDeadline(seconds, () => this.#fail({ code: 'deadline-exceeded', detail }));
    try {
      const lease = await this.#takeLease();
      const job = lease && (await this.#readJob());
      const driver = job && (await this.#prepare(lease, job, hooks));
      return driver && (await this.#run(driver));
    } catch (error) {
      if (error instanceof StorageAbandoned) throw error;
      this.#parts.log.error({ jobId: this.id, err: error }, 'a job could not be run');
      this.#fail({ code: 'internal', detail: 'the check could not be run' });
      return undefined;
    } finally {
      callOff();
    }
  }

  /** @returns undefined when the job is not to be run. */
  async #takeLease(): Promise<Lease | undefined> {
    if (this.#interruption.cause?.kind === 'left') return undefined;
    if (!this.#lease.isFresh) {
      const stored = await this.#lease.take();
      if (stored === undefined) this.#interruption.set({ kind: 'lost' });
      else this.#takeRecord(stored);
    }
    return this.#interruption.isSet ? undefined : this.#lease.held;
  }

  #takeRecord(stored: JobRecord): void {
    this.#record = stored;
    this.#feed.update(stored);
    if (stored.cancelRequested) this.cancel();
  }

  /** @returns undefined when the job is not to be run. */
  async #readJob(): Promise<CheckJob | undefined> {
    const job = this.#job ?? (await this.#earlier.job());
    this.#job = undefined;
    if (job === undefined)
      this.#fail({ code: 'internal', detail: 'a part of the job is gone from the store' });
    return this.#interruption.isSet ? undefined : job;
  }

  /** @returns undefined when the job is not to be run. */
  async #prepare(lease: Lease, job: CheckJob, hooks: RunningJobHooks): Promise<JobDriver | undefined> {
    const { workSeconds, startedAt } = this.#record;
    // Only what has been begun before, under an older lease, has left anything to go on from.
    const resuming = lease.fence > 1 && startedAt !== undefined;
    const events = resuming ? await this.#earlier.events() : [];
    this.#feed.publish(events);
    if (this.#interruption.isSet) return undefined;
    return chooseDriver(this.#describeDriver(lease, hooks), job, {
      workSeconds,
      earlier: resuming ? this.#earlier : undefined,
      storedEvents: events.length,
      resumable: this.#isResumable,
    });
  }

  async #run(driver: JobDriver): Promise<Succeeded | undefined> {
    this.#driver = driver;
    await driver.run();
    return this.#interruption.isSet ? undefined : { kind: 'succeeded', check: await driver.fold() };
  }

  #describeDriver(lease: Lease, { onReady }: RunningJobHooks): JobDriverParts {
    const { store, executor, retry, log, settings } = this.#parts;
    const onLost = () => this.#interruption.set({ kind: 'lost' });
    this.#writer = new JobWriter({
      store: store.jobs,
      lease,
      retry,
      feed: this.#feed,
      onLost,
      onCaughtUp: onReady,
    });
    this.#start(this.#writer);
    return {
      jobId: this.id,
      executor,
      signal: this.#interruption.signal,
      writer: this.#writer,
      attempts: settings.shardAttempts,
      onReady,
      onProgress: (progress) => this.#advance(progress),
      onFailure: (error) => this.#fail(error),
      // When the job was not ended, the executor is.
      onCancelled: () => this.#interruption.set({ kind: 'left' }),
      onCrash: (task, error) =>
        log.warn({ jobId: this.id, task, ...error }, 'a part of a job ended its thread'),
    };
  }

  #start(writer: JobWriter): void {
    if (this.#record.status === 'running') return;
    const startedAt = this.#parts.clock.now();
    this.#record = { ...this.#record, status: 'running', startedAt };
    this.#feed.update(this.#record);
    if (this.#isResumable) writer.start(startedAt);
  }

  get #isResumable(): boolean {
    return this.#record.workSeconds >= CHEAP_SECONDS;
  }

  #advance(progress: JobProgress): void {
    this.#record = { ...this.#record, progress };
    this.#feed.advance(this.#record);
    this.#place.remaining(1 - progress.completed / Math.max(1, progress.total));
  }

  #fail(error: JobError): void {
    this.#interruption.set({ kind: 'failed', error });
  }

  async #conclude(success: Succeeded | undefined): Promise<void> {
    this.#interruption.close();
    const end = this.#interruption.cause ?? success;
    const earlier = this.#writer?.takeEvents() ?? [];
    await this.#writer?.settled();
    if (end?.kind === 'left') await this.#lease.release();
    if (end === undefined || end.kind === 'left' || end.kind === 'lost') this.#feed.leave();
    else await this.#end(end, earlier);
  }

  async #end(end: JobEnd, earlier: readonly NewEvent[]): Promise<void> {
    const { store, retry, clock, log, settings } = this.#parts;
    const lease = this.#lease.held;
    if (lease === undefined) return this.#feed.leave();
    const finishedAt = clock.now();
    const expiresAt = finishedAt + 1000 * settings.retentionSeconds;
    const { progress, startedAt } = this.#record;
    const point = { progress, earlier, startedAt, finishedAt, expiresAt };
    const stored = await retry.run(this.id, () => storeEnd(store, lease, end, point));
    if (stored === undefined) return this.#feed.leave();
    this.#record = { ...this.#record, ...stored.changes };
    this.#feed.end(this.#record, stored.events);
    log.info({ jobId: this.id, status: end.kind }, 'the job has ended');
  }
}
