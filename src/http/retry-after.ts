import type { JobRecord } from '../jobs/job-record.ts';
import type { LiveProgress } from '../jobs/live-progress.ts';

const LONGEST_SECONDS = 60;

/** Seconds after which it is worth asking for a job again: about when it will have ended. */
export function retryAfter(job: JobRecord, live: LiveProgress | undefined): number {
  const left = live?.etaSeconds ?? job.workSeconds;
  return Math.max(1, Math.min(LONGEST_SECONDS, Math.ceil(left)));
}
