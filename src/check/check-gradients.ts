import { GradcheckError } from '../errors/catalogue.ts';
import { instantiateKernels } from '../kernels/kernels.ts';
import type { CheckJob } from './check-job.ts';
import { CheckRun } from './check-run.ts';
import { createJobMemory } from './job-memory.ts';
import { PointSequence } from './points/point-sequence.ts';
import type { Report } from './report/report.ts';
import type { StageName } from './shard.ts';
import { ShardRunner } from './shard-runner.ts';

export interface CheckOptions {
  /** Called after every shard; `completed` of `total` components are done. */
  readonly onProgress?: (progress: {
    readonly stage: StageName;
    readonly completed: number;
    readonly total: number;
  }) => void;
  /** Ends the check between two shards: the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * Checks a job on the calling thread, with the very code that the service's workers run; the report is the same to
 * the last bit. Between shards the event loop is let run.
 * @throws GradcheckError with the code of a failed job, such as `cost-mismatch`.
 */
export async function checkGradients(
  job: CheckJob,
  kernels: WebAssembly.Module,
  options: CheckOptions = {},
): Promise<Report> {
  const points = new PointSequence(job);
  for (let point = points.next(); point !== undefined; point = points.next()) {
    await checkPoint(point, points, kernels, options);
  }
  return points.report();
}

/** Checks the present point of a job. */
async function checkPoint(
  job: CheckJob,
  points: PointSequence,
  kernels: WebAssembly.Module,
  options: CheckOptions,
): Promise<void> {
  const started = performance.now();
  const run = new CheckRun(job);
  const memory = createJobMemory(job, 1);
  const runner = new ShardRunner(memory, instantiateKernels(kernels, memory));
  for (let plan = run.nextPlan(); plan !== undefined; plan = run.nextPlan()) {
    for (const shard of plan.shards) {
      options.signal?.throwIfAborted();
      const result = runner.run(shard, 0);
      if (result !== undefined) run.accept(result);
      options.onProgress?.(points.progress(run));
      options.signal?.throwIfAborted();
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  const failure = points.failure(run);
  if (failure !== undefined) throw new GradcheckError(failure.code, failure.detail);
  points.finish(run, performance.now() - started);
}
