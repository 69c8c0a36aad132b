import type { Verdict } from '../check/report/report.ts';
import type { StageName } from '../check/shard.ts';
import type { ErrorCode } from '../errors/catalogue.ts';

export type JobStatus = 'queued' | 'running' | 'succeeded' | 'failed' | 'cancelled';
export type TerminalStatus = 'succeeded' | 'failed' | 'cancelled';

export function isTerminal(status: JobStatus): status is TerminalStatus {
  return status === 'succeeded' || status === 'failed' || status === 'cancelled';
}

/** Why a job failed. `data` holds the numbers of it, such as both costs of a cost-mismatch. */
export interface JobError {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly data?: Readonly<Record<string, number | string>>;
}

export interface JobProgress {
  readonly stage: StageName;
  /** Components finished at all points, of `total`. */
  readonly completed: number;
  readonly total: number;
}

/** What is stored of a job, without its tensors, shard results, events and report. Times are ms since 1970. */
export interface JobRecord {
  readonly id: string;
  /** Who submitted it: an API key's id or a network address. Fairness and Idempotency-Keys are per client. */
  readonly client: string;
  readonly name?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly status: JobStatus;
  readonly verdict?: Verdict;
  readonly error?: JobError;
  readonly progress: JobProgress;
  /** The number of components of θ, at all its points together. */
  readonly components: number;
  /** Estimated seconds of work on one thread. */
  readonly workSeconds: number;
  readonly createdAt: number;
  readonly startedAt?: number;
  readonly finishedAt?: number;
  /** When retention may remove it; set when it ends. */
  readonly expiresAt?: number;
  /** The process that runs it. */
  readonly owner?: string;
  readonly leaseUntil: number;
  /** Grows with every lease taken; a write bearing a smaller one is refused. */
  readonly fence: number;
  /** Set when a client asked for its end; the owner acts on it. */
  readonly cancelRequested: boolean;
  /** Bytes kept for it: tensors, payload, shard results, events and report. */
  readonly bytes: number;
}
