import type { Report } from '../check/report.ts';
import type { JobError } from '../jobs/job-record.ts';

/** How a check ended, wherever it ran. */
export type CheckOutcome =
  | { readonly kind: 'report'; readonly report: Report; readonly name?: string }
  | { readonly kind: 'failed'; readonly error: JobError }
  | { readonly kind: 'cancelled' };

/** How far a check is, in components. */
export interface CheckProgress {
  readonly completed: number;
  readonly total: number;
}
