import type { Verdict } from '../../check/report/report.ts';
import type { ShardResult, StageName } from '../../check/shard.ts';
import type { LastEvent, NewEvent, StoredEvent } from '../job-event.ts';
import type { JobPayload } from '../job-payload.ts';
import type { JobError, JobProgress, JobRecord, JobStatus, TerminalStatus } from '../job-record.ts';
import type { Numbers } from '../numbers.ts';
import type { TensorStore } from './tensor-store.ts';

export interface JobFilter {
  readonly status?: JobStatus;
  readonly verdict?: Verdict;
  readonly label?: { readonly key: string; readonly value: string };
}

/** A page of jobs, newest first. `next` continues after its last one, stably under inserts and removals. */
export interface JobPage {
  readonly jobs: readonly JobRecord[];
  readonly next?: string;
}

/** Names the submission that an Idempotency-Key stands for. */
export interface IdempotencyRecord {
  readonly client: string;
  readonly key: string;
  /** SHA-256 of the canonical document and its tensors. */
  readonly fingerprint: string;
  readonly jobId: string;
  /** ms since 1970; afterwards the key is free again. */
  readonly expiresAt: number;
}

export type InsertOutcome =
  | { readonly kind: 'inserted' }
  /** The key is in use with the same fingerprint: this job is the answer, and nothing was inserted. */
  | { readonly kind: 'repeated'; readonly jobId: string }
  /** The key is in use with another fingerprint. */
  | { readonly kind: 'mismatch' };

/** Proves that a write comes from the process that holds the job's lease. */
export interface Lease {
  readonly jobId: string;
  readonly owner: string;
  readonly fence: number;
}

/** How a job ends: its last events are stored with it, in one transaction. */
export interface JobEnding {
  readonly status: TerminalStatus;
  readonly progress: JobProgress;
  readonly verdict?: Verdict;
  readonly error?: JobError;
  /** The folded numeric gradient, as `packGradients` packs it; kept only together with a report. */
  readonly numeric?: Numbers;
  /**
   * Parameter events not stored yet, in order, and the terminal one. The data of a `report` event is the job's report,
   * which a store keeps once.
   */
  readonly events: readonly NewEvent[];
  /** When the job was started, where `start` was not called for it. */
  readonly startedAt?: number;
  readonly finishedAt: number;
  readonly expiresAt: number;
}

/** How much is kept. Jobs that have not ended count, but stay. */
export interface RetentionLimits {
  /** ms since 1970. */
  readonly now: number;
  readonly maxJobs: number;
  /** Of the jobs' `bytes`; a tensor that several jobs name counts for each. */
  readonly maxBytes: number;
}

/**
 * Everything of jobs but their tensors. A returned promise resolves once the write is durable; writes take
 * effect in the order they are asked for, so one need not be awaited before the next. Writes that bear a lease answer
 * false, and write nothing, when the lease is no longer the job's newest one or the job has ended.
 */
export interface JobStore {
  /**
   * Stores a new job, its payload and its idempotency record in one transaction; the store counts the job's `bytes`
   * itself. A record that is over at the job's `createdAt` does not stand in the way.
   * @throws GradcheckError `internal` when a tensor of the payload has not been put before.
   */
  insert(
    job: JobRecord,
    payload: JobPayload,
    idempotency?: Omit<IdempotencyRecord, 'jobId'>,
  ): Promise<InsertOutcome>;

  get(id: string): Promise<JobRecord | undefined>;
  payload(id: string): Promise<JobPayload | undefined>;
  /** @throws GradcheckError `invalid-query` when `after` is not the `next` of a page. */
  list(filter: JobFilter, limit: number, after?: string): Promise<JobPage>;

  /** Whether a job of this id existed and was removed by retention or by a client. */
  wasRemoved(id: string): Promise<boolean>;

  /** A live record of this key, if there is one. */
  findIdempotency(client: string, key: string, now: number): Promise<IdempotencyRecord | undefined>;

  /** Jobs that have not ended and whose lease is over, oldest first. */
  claimable(now: number, limit: number): Promise<readonly JobRecord[]>;

  /**
   * Takes the lease if it is over or already `owner`'s.
   * @returns undefined when another process holds it, the job has ended, or there is none.
   */
  acquire(
    id: string,
    owner: string,
    now: number,
    leaseUntil: number,
  ): Promise<{ lease: Lease; job: JobRecord } | undefined>;
  renew(lease: Lease, leaseUntil: number): Promise<boolean>;
  /** Gives the lease back, so that another process may take the job at once. */
  release(lease: Lease): Promise<boolean>;

  /** Moves a queued job to running; harmless when it runs already. */
  start(lease: Lease, startedAt: number): Promise<boolean>;

  /**
   * Stores one shard's result; storing the same shard of the same point again changes nothing. Also stores the
   * progress.
   * @param point the number of the point that the shard is of; the first if left out
   */
  putShardResult(lease: Lease, result: ShardResult, progress: JobProgress, point?: number): Promise<boolean>;
  /** Results of a stage in shard order. @param point as above */
  shardResults(id: string, stage: StageName, point?: number): Promise<readonly ShardResult[]>;

  /** Appends an event under the next number of its job. @returns the event, or undefined when the lease is lost. */
  appendEvent(lease: Lease, event: NewEvent): Promise<StoredEvent | undefined>;
  /** Events with an id greater than `after`, in order, at most `limit`. */
  events(id: string, after: number, limit: number): Promise<readonly StoredEvent[]>;
  /** The newest of a job's events; undefined when there is no such job. */
  lastEvent(id: string): Promise<LastEvent | undefined>;

  /**
   * Ends a job: status, progress, report and last events in one transaction; its shard results are dropped.
   * @returns the events stored, the terminal one last, or undefined when the lease is lost or the job has ended already.
   */
  finish(lease: Lease, ending: JobEnding): Promise<readonly StoredEvent[] | undefined>;

  /** Asks the owner to end the job. @returns the job as it is now, or undefined when there is none. */
  requestCancel(id: string): Promise<JobRecord | undefined>;

  /** The JSON text of a succeeded job's report. */
  report(id: string): Promise<string | undefined>;
  /** The numeric gradient of a succeeded job. */
  numeric(id: string): Promise<Numbers | undefined>;

  /**
   * Removes a terminal job with all that hangs on it, its Idempotency-Key too; its tensors become orphans.
   * @returns false when there is none or it has not ended.
   */
  remove(id: string): Promise<boolean>;

  /**
   * Removes terminal jobs that are past `expiresAt`, and the oldest ones over `maxJobs` or `maxBytes`, in small
   * transactions; drops idempotency records that are over, and ids of removed jobs after 30 days.
   * @returns how many jobs were removed.
   */
  retain(limits: RetentionLimits): Promise<number>;

  /** Jobs that have not ended, and their estimated work in seconds. */
  backlog(): Promise<{ readonly jobs: number; readonly workSeconds: number }>;
}

/** The two parts of a store over one connection. */
export interface Store {
  readonly jobs: JobStore;
  readonly tensors: TensorStore;
  /** Throws when the store cannot be read and written: readiness. */
  ping(): Promise<void>;
  close(): Promise<void>;
}
