import type { CheckJob, CheckSpec } from '../check-job.ts';
import type { CheckRun } from '../check-run.ts';
import type { Report } from '../report/report.ts';
import type { StageName } from '../shard.ts';
import type { Conclusions } from '../verdict/conclusions.ts';
import type { CheckFailure } from '../verdict/cost-mismatch.ts';
import { foldPoints } from './fold-points.ts';
import { jobAt, type PointLabel, pointCount, pointLabel, pointTitle } from './point.ts';

/**
 * The points of a job, one after the other: each is a check of its own, and what they come to together is told here.
 * A job without points is one point, and what is told of it is what its check tells.
 */
export class PointSequence {
  readonly #spec: CheckSpec;
  /** Let go of with its last point. */
  #job: CheckJob | undefined;
  #number = 0;
  readonly #reports: Report[] = [];
  readonly #conclusions: Conclusions[] = [];

  constructor(job: CheckJob) {
    this.#spec = job.spec;
    this.#job = job;
  }

  /** The next point as a job by itself; undefined behind the last one. */
  next(): CheckJob | undefined {
    const job = this.#job;
    if (job === undefined) return undefined;
    this.#number++;
    if (this.#number === pointCount(this.#spec)) this.#job = undefined;
    return jobAt(job, this.#number);
  }

  /** The number of the point that `next` gave last, from 1 on. */
  get number(): number {
    return this.#number;
  }

  get isLast(): boolean {
    return this.#job === undefined;
  }

  /** How it is named, in a job that has points. */
  get label(): PointLabel | undefined {
    return pointLabel(this.#spec, this.#number);
  }

  /** How far the job is, while `run` checks the present point. */
  progress(run: CheckRun): { readonly stage: StageName; readonly completed: number; readonly total: number } {
    const { stage, completed, total } = run.progress();
    return {
      stage,
      completed: (this.#number - 1) * total + completed,
      total: pointCount(this.#spec) * total,
    };
  }

  /** Why the check of the present point cannot go on, if it cannot. */
  failure(run: CheckRun): CheckFailure | undefined {
    const failure = run.failure();
    const { label } = this;
    if (failure === undefined || label === undefined) return failure;
    const detail = `at ${pointTitle(label)}, ${failure.detail}`;
    return { ...failure, detail, data: { ...failure.data, point: label.point } };
  }

  /** Takes what the check of the present point has come to. @param durationMs from its first dispatch on */
  finish(run: CheckRun, durationMs: number): void {
    this.#reports.push(run.report(durationMs));
    this.#conclusions.push(run.conclusions);
  }

  /** The whole job's report, once every point is finished. */
  report(): Report {
    return this.#spec.points === undefined ? this.#reports[0] : foldPoints(this.#spec, this.#reports);
  }

  /** What was concluded of every component, by point. */
  get conclusions(): readonly Conclusions[] {
    return this.#conclusions;
  }
}
