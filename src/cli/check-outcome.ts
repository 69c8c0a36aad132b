import type { Report } from '../check/report/report.ts';
import type { JobError } from '../jobs/job-record.ts';

/** How a check ended, wherever it ran. */
export type CheckOutcome =
  | {
      readonly kind: 'report';
      readonly report: Report;
      readonly name?: string;
      /** Every checked component as CSV, piece by piece. */
      components(): Iterable<string> | Promise<AsyncIterable<string>>;
    }
  | { readonly kind: 'failed'; readonly error: JobError }
  /** Somebody else cancelled the job. */
  | { readonly kind: 'cancelled' }
  /** By Ctrl-C. `runningAt` is the URL of a job that goes on without the command. */
  | { readonly kind: 'interrupted'; readonly runningAt?: string };

/** How far a check is, in components. */
export interface CheckProgress {
  readonly completed: number;
  readonly total: number;
}
