import type { CheckJob } from '../check/check-job.ts';
import { FLOPS_PER_SECOND } from '../check/plan/check-plan.ts';
import { PointSequence } from '../check/points/point-sequence.ts';
import type { JobDriver, JobDriverParts } from './job-driver.ts';
import { hasFewNumbers } from './job-payload.ts';
import { PointDriver, type PointDriverParts } from './point-driver.ts';
import { WholeDriver } from './whole-driver.ts';

/**
 * A job of few numbers and of no more estimated work, which is that of the smallest shard, is checked by one thread from
 * beginning to end: to plan, hand out and fold shards would take longer than to run them.
 */
const WHOLE_SECONDS = 0.001;

/** What a job is to go on from, and how much there is of it. */
export interface JobCourse extends Pick<PointDriverParts, 'earlier' | 'storedEvents' | 'resumable'> {
  /** Estimated seconds of work. */
  readonly workSeconds: number;
}

/** The driver that fits a job. */
export function chooseDriver(
  parts: JobDriverParts,
  job: CheckJob,
  { workSeconds, ...course }: JobCourse,
): JobDriver {
  return workSeconds <= WHOLE_SECONDS && hasFewNumbers(job)
    ? new WholeDriver(parts, job, workSeconds * FLOPS_PER_SECOND)
    : new PointDriver({ ...parts, ...course, points: new PointSequence(job) });
}
