import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { GradcheckError } from '../errors/catalogue.ts';
import { Admission } from './admission.ts';
import { type Clock, systemClock } from './clock.ts';
import type { CoordinatorSettings } from './coordinator-settings.ts';
import { Dispatcher } from './dispatcher.ts';
import type { Executor } from './executor/executor.ts';
import { JobFeeds, type JobOutcome, type JobWatch } from './job-feeds.ts';
import { JobIds } from './job-ids.ts';
import { isTerminal, type JobRecord } from './job-record.ts';
import { LocalJobs } from './local-jobs.ts';
import type { Log } from './log.ts';
import { PeriodicTask } from './periodic-task.ts';
import { findClaimable, findOwn } from './recovery.ts';
import { sweep } from './retention.ts';
import { StorageRetry } from './storage-retry.ts';
import type { Store } from './store/job-store.ts';
import { type Submission, Submissions } from './submission.ts';

export interface CoordinatorParts {
  readonly store: Store;
  readonly executor: Executor;
  readonly log: Log;
  readonly settings: CoordinatorSettings;
  /**
   * Names this process among those that share the store. A name that stays the same from one run to the next lets
   * the next run go on at once; it must not be used by two processes at a time.
   */
  readonly owner: string;
  readonly clock?: Clock;
}

const SWEEP_MS = 60_000;
/** How long submissions under way are waited for when the process stops. */
const SUBMISSION_MS = 1_000;
/** How long those who are refused while the service stops should wait: about as long as a restart takes. */
const RESTART_SECONDS = 10;

/** Takes jobs in, runs them on the executor, and sees each to its end whatever happens to a process. */
export class Coordinator {
  readonly #store: Store;
  readonly #owner: string;
  readonly #clock: Clock;
  readonly #feeds: JobFeeds;
  readonly #admission: Admission;
  readonly #dispatcher: Dispatcher;
  readonly #jobs: LocalJobs;
  readonly #submissions: Submissions;
  readonly #leaseTask: PeriodicTask;
  readonly #otherTasks: readonly PeriodicTask[];
  readonly #stopping = new AbortController();
  /** Aborts when the store is waited for no longer. */
  readonly #storageStopped = new AbortController();

  constructor({ store, executor, log, settings, owner, clock = systemClock }: CoordinatorParts) {
    const { leaseSeconds, retention } = settings;
    // Every job may wait for it.
    setMaxListeners(0, this.#storageStopped.signal);
    const retry = new StorageRetry(log, this.#storageStopped.signal);
    this.#store = store;
    this.#owner = owner;
    this.#clock = clock;
    this.#feeds = new JobFeeds(store.jobs, log);
    this.#admission = new Admission(settings, () => executor.capacity());
    this.#dispatcher = new Dispatcher(executor, this.#admission, settings.maxOpenBytes);
    this.#jobs = new LocalJobs({
      job: {
        store,
        executor,
        retry,
        clock,
        log,
        settings: { ...settings, retentionSeconds: retention.seconds },
      },
      lease: { store: store.jobs, retry, clock, owner, leaseSeconds },
      admission: this.#admission,
      dispatcher: this.#dispatcher,
      feeds: this.#feeds,
      log,
      maxHeldBytes: settings.maxHeldBytes,
    });
    this.#submissions = new Submissions({
      store,
      clock,
      admission: this.#admission,
      jobs: this.#jobs,
      ids: new JobIds(clock),
      idempotencySeconds: settings.idempotencySeconds,
      threads: () => executor.capacity(),
      startsAtOnce: () => this.#dispatcher.idle,
    });
    this.#leaseTask = new PeriodicTask('renewing leases', (1000 * leaseSeconds) / 3, log, () =>
      this.#jobs.renewLeases(),
    );
    this.#otherTasks = [
      // Another process may have died, and left its jobs.
      new PeriodicTask('looking for jobs left behind', (1000 * leaseSeconds) / 2, log, () => this.#claim()),
      new PeriodicTask('the retention sweep', SWEEP_MS, log, () => sweep(store, retention, clock, log)),
    ];
  }

  /** Takes up what earlier processes have left, and begins to look after leases and retention. */
  async start(): Promise<void> {
    for (const record of await findOwn(this.#store.jobs, this.#owner)) this.#jobs.adopt(record);
    await this.#claim();
    for (const task of [this.#leaseTask, ...this.#otherTasks]) task.start();
  }

  /**
   * Takes a job in. It is stored, and will be answered whatever happens, once this resolves.
   * @throws GradcheckError stopping, too-many-jobs, overloaded (each with `retryAfter`), idempotency-mismatch,
   * job-removed when the key's job is gone, or storage-full and the like.
   */
  async submit(
    submission: Submission,
  ): Promise<{ readonly kind: 'accepted' | 'repeated'; readonly job: JobRecord }> {
    if (this.#stopping.signal.aborted) {
      throw new GradcheckError('stopping', 'the service is stopping', { retryAfter: RESTART_SECONDS });
    }
    const outcome = await this.#submissions.submit(submission);
    return outcome.kind === 'accepted' ? outcome : { kind: 'repeated', job: await this.get(outcome.jobId) };
  }

  /**
   * The job as it is now, with live progress where it runs in this process.
   * @throws GradcheckError job-not-found or job-removed
   */
  async get(id: string): Promise<JobRecord> {
    return this.#feeds.localRecord(id) ?? (await this.#store.jobs.get(id)) ?? this.#missing(id);
  }

  /**
   * Ends a job that has not ended: at once if it waits, soon if it runs. Asking again while it ends changes nothing.
   * @returns the job as it is then
   * @throws GradcheckError job-not-found, job-removed or job-terminal
   */
  async cancel(id: string): Promise<JobRecord> {
    const record = (await this.#store.jobs.requestCancel(id)) ?? (await this.#missing(id));
    if (isTerminal(record.status))
      throw new GradcheckError('job-terminal', `job ${id} has ended: ${record.status}`);
    // One that nobody runs is taken up, so that its end is stored.
    if (this.#jobs.get(id) === undefined && record.leaseUntil <= this.#clock.now()) this.#jobs.adopt(record);
    const running = this.#jobs.get(id);
    if (running !== undefined) await this.#jobs.cancel(running);
    return running === undefined ? record : this.get(id);
  }

  /** A view of a job that follows it as it goes on. */
  watch(id: string): JobWatch {
    return this.#feeds.watch(id);
  }

  /**
   * Waits for a job to end, for `ms` at most, or until this process begins to stop.
   * @returns the job as it is then
   * @throws GradcheckError job-not-found or job-removed
   */
  async waitForEnd(id: string, ms: number): Promise<JobOutcome> {
    const record = await this.get(id);
    if (isTerminal(record.status) || this.#stopping.signal.aborted) return this.#outcomeOf(record);
    const ended = await this.#feeds.untilEnd(id, ms);
    if (ended?.report !== undefined) return ended;
    return this.#outcomeOf(ended?.job ?? (await this.get(id)));
  }

  /** Jobs taken in that have not ended, their estimated seconds of work left, and shards that run. */
  load(): { readonly jobs: number; readonly workSeconds: number; readonly shards: number } {
    return { ...this.#admission.backlog, shards: this.#dispatcher.running };
  }

  /**
   * Stops within about eight seconds: no job is taken in or up any more, shards that run are finished and stored
   * (long ones are ended), and every job is left to be gone on with. The executor and the store are the caller's to
   * end, after this.
   */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#feeds.endWaits();
    for (const task of this.#otherTasks) task.stop();
    await Promise.race([this.#submissions.settled(), sleep(SUBMISSION_MS, undefined, { ref: false })]);
    await this.#jobs.leaveAll(() => this.#storageStopped.abort());
    this.#storageStopped.abort();
    this.#leaseTask.stop();
    this.#feeds.stop();
  }

  async #outcomeOf(job: JobRecord): Promise<JobOutcome> {
    if (job.status !== 'succeeded') return { job };
    const report = await this.#store.jobs.report(job.id);
    return report === undefined ? this.#missing(job.id) : { job, report };
  }

  async #claim(): Promise<void> {
    const isKnown = (id: string) => this.#jobs.get(id) !== undefined;
    for (const record of await findClaimable(this.#store.jobs, this.#clock, isKnown))
      this.#jobs.adopt(record);
  }

  async #missing(id: string): Promise<never> {
    throw (await this.#store.jobs.wasRemoved(id))
      ? new GradcheckError('job-removed', `job ${id} was removed`)
      : new GradcheckError('job-not-found', `there is no job ${id}`);
  }
}
