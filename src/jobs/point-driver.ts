import type { CheckJob } from '../check/check-job.ts';
import { CheckRun } from '../check/check-run.ts';
import type { PointSequence } from '../check/points/point-sequence.ts';
import type { Shard } from '../check/shard.ts';
import type { EarlierWork } from './earlier-work.ts';
import type { Executor, ShardOutcome } from './executor/executor.ts';
import { inPieces } from './in-pieces.ts';
import { StageDriver, type StageDriverParts } from './stage-driver.ts';

export interface PointDriverParts {
  readonly jobId: string;
  readonly points: PointSequence;
  readonly executor: Executor;
  /** What an earlier owner of the job has left; undefined when nothing can have been left. */
  readonly earlier: EarlierWork | undefined;
  /** Parameter events that are stored already. */
  readonly storedEvents: number;
  /** What the stages of every point share. */
  readonly stages: Omit<StageDriverParts, 'check' | 'points' | 'storedEvents'>;
}

/**
 * Takes a job through its points, one after the other, so that the executor holds the numbers of one at a time. Those
 * of the last one are left open: closing them is the end of the job.
 */
export class PointDriver {
  readonly #parts: PointDriverParts;
  /** Of the point that is being checked. */
  #stages: StageDriver | undefined;
  #dropped = false;

  constructor(parts: PointDriverParts) {
    this.#parts = parts;
  }

  /** Whether there is a shard to run now. */
  get ready(): boolean {
    return this.#stages?.ready === true;
  }

  /** The next shard to run. It is due to `settle`. */
  takeShard(): Shard | undefined {
    return this.#stages?.takeShard();
  }

  settle(shard: Shard, outcome: ShardOutcome): void {
    this.#stages?.settle(shard, outcome);
  }

  /** Hands out no more shards. */
  drop(): void {
    this.#dropped = true;
    this.#stages?.drop();
  }

  /** Resolves when every point is finished, or no shard runs after `drop`. */
  async run(): Promise<void> {
    const { points, jobId, executor, earlier, stages, storedEvents } = this.#parts;
    let events = 0;
    for (let opening = this.#open(); opening !== undefined; opening = this.#open()) {
      const check = await inPieces(CheckRun.opening(await opening));
      const driver = new StageDriver({
        ...stages,
        check,
        points,
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
