import { GradcheckError } from '../errors/catalogue.ts';
import { instantiateKernels } from '../kernels/kernels.ts';
import { checkInTurn } from './check-in-turn.ts';
import type { CheckJob } from './check-job.ts';
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
  const checking = checkInTurn(points, (point) => {
    const memory = createJobMemory(point, 1);
    return new ShardRunner(memory, instantiateKernels(kernels, memory));
  });
  options.signal?.throwIfAborted();
  for (let step = checking.next(); ; step = checking.next()) {
    if (step.done) {
      if (step.value === undefined) return points.report();
      throw new GradcheckError(step.value.code, step.value.detail);
    }
    options.onProgress?.(points.progress(step.value));
    await new Promise((resolve) => setImmediate(resolve));
    options.signal?.throwIfAborted();
  }
}
