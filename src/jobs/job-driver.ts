import type { FoldedCheck } from '../check/folded-check.ts';
import type { Executor } from './executor/executor.ts';
import type { JobError, JobProgress } from './job-record.ts';
import type { JobTask } from './job-task.ts';
import type { JobWriter } from './job-writer.ts';

/** Takes a job through its check: says what is to be run, and makes of the outcomes what the job has come to. */
export interface JobDriver {
  /** Whether there is something to run now. */
  readonly ready: boolean;
  /** What is to be run next. */
  takeTask(): JobTask | undefined;
  /** Hands out no more tasks. */
  drop(): void;
  /** Resolves when the check is over, or nothing runs after `drop`. */
  run(): Promise<void>;
  /** What the check has come to, once it is over and did not fail. */
  fold(): Promise<FoldedCheck>;
}

/** What every driver works with. */
export interface JobDriverParts {
  readonly jobId: string;
  readonly executor: Executor;
  /** Aborts when what runs should end. */
  readonly signal: AbortSignal;
  readonly writer: JobWriter;
  /** How often a task that crashes its thread is run. */
  readonly attempts: number;
  onReady(): void;
  onProgress(progress: JobProgress): void;
  /** The check cannot go on. */
  onFailure(error: JobError): void;
  /** A task was cancelled: by whoever ended the job, or because the executor is being ended. */
  onCancelled(): void;
  /** @param task names it */
  onCrash(task: object, error: JobError): void;
}
