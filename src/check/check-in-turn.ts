import type { CheckJob } from './check-job.ts';
import { CheckRun } from './check-run.ts';
import type { PointSequence } from './points/point-sequence.ts';
import type { ShardRunner } from './shard-runner.ts';
import type { CheckFailure } from './verdict/cost-mismatch.ts';

/**
 * Checks every point of a job on the calling thread, shard by shard; after each it yields the check of the point that
 * it is at.
 * @param open gives the runner of one point's shards
 * @returns why the check cannot go on, if it cannot; `points` has all of it otherwise
 */
export function* checkInTurn(
  points: PointSequence,
  open: (point: CheckJob) => ShardRunner,
): Generator<CheckRun, CheckFailure | undefined> {
  for (let point = points.next(); point !== undefined; point = points.next()) {
    const started = performance.now();
    const check = new CheckRun(point);
    const runner = open(point);
    for (let plan = check.nextPlan(); plan !== undefined; plan = check.nextPlan()) {
      for (const shard of plan.shards) {
        const result = runner.run(shard, 0);
        if (result !== undefined) check.accept(result);
        yield check;
      }
    }
    const failure = points.failure(check);
    if (failure !== undefined) return failure;
    points.finish(check, performance.now() - started);
  }
  return undefined;
}
