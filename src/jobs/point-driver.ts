import type { CheckJob } from '../check/check-job.ts';
import { CheckRun } from '../check/check-run.ts';
import { type FoldedCheck, foldCheck } from '../check/folded-check.ts';
import type { PointSequence } from '../check/points/point-sequence.ts';
import type { EarlierWork } from './earlier-work.ts';
import { inPieces } from './in-pieces.ts';
import type { JobDriver, JobDriverParts } from './job-driver.ts';
import type { JobTask } from './job-task.ts';
import { StageDriver } from './stage-driver.ts';

export interface PointDriverParts extends JobDriverParts {
  readonly points: PointSequence;
  /** What an earlier owner of the job has left; undefined when nothing can have been left. */
  readonly earlier: EarlierWork | undefined;
  /** Parameter events that are stored already. */
  readonly storedEvents: number;
  /** Whether the results of shards are stored as they come, so that the job can be resumed from them. */
  readonly resumable: boolean;
}

/**
 * Takes a job through its points, one after the other, so that the executor holds the numbers of one at a time. Those
 * of the last one are left open: closing them is the end of the job.
 */
export class PointDriver implements JobDriver {
  readonly #parts: PointDriverParts;
  /** Of the point that is being checked. */
  #stages: StageDriver | undefined;
  #dropped = false;

  constructor(parts: PointDriverParts) {
    this.#parts = parts;
  }

  get ready(): boolean {
    return this.#stages?.ready === true;
  }

  takeTask(): JobTask | undefined {
    return this.#stages?.takeTask();
  }

  drop(): void {
    this.#dropped = true;
    this.#stages?.drop();
  }

  fold(): Promise<FoldedCheck> {
    return inPieces(foldCheck(this.#parts.points));
  }

  async run(): Promise<void> {
    const { points, jobId, executor, earlier, storedEvents } = this.#parts;
    let events = 0;
    for (let opening = this.#open(); opening !== undefined; opening = this.#open()) {
      const check = await inPieces(CheckRun.opening(await opening));
      const driver = new StageDriver({
        ...this.#parts,
        check,
        storedEvents: Math.max(0, storedEvents - events),
      });
      this.#stages = driver;
      if (this.#dropped) return;
      await driver.run(async (stage) => earlier?.results(stage, points.number) ?? []);
      if (this.#dropped) return;
      points.finish(check, driver.durationMs);
      if (points.isLast) return;
      events += driver.events;
      this.#stages = undefined;
      await executor.close(jobId);
      if (this.#dropped) return;
    }
  }

  /** Hands the numbers of the next point to the executor, which is then the only one to hold them. */
  #open(): Promise<CheckJob> | undefined {
    const next = this.#parts.points.next();
    return next && this.#parts.executor.open(this.#parts.jobId, next);
  }
}
