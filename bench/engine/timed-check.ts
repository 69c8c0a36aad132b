import { randomUUID } from 'node:crypto';
import type { CheckJob } from '../../src/check/check-job.ts';
import { CheckRun } from '../../src/check/check-run.ts';
import type { Report } from '../../src/check/report/report.ts';
import type { StagePlan } from '../../src/check/shard.ts';
import type { Executor } from '../../src/jobs/executor/executor.ts';

/**
 * Checks a job on an executor's threads as the service does, with nothing stored. `durationMs` of the report is what
 * it is in the service: from the first dispatch to the folded report.
 */
export async function timedCheck(executor: Executor, job: CheckJob): Promise<Report> {
  const jobId = randomUUID();
  const run = new CheckRun(job);
  await executor.open(jobId, job);
  try {
    const started = performance.now();
    for (let plan = run.nextPlan(); plan !== undefined; plan = run.nextPlan()) {
      await runStage(executor, jobId, plan, run);
      run.takeFinishedParameters();
    }
    const failure = run.failure();
    if (failure !== undefined) throw new Error(`${failure.code}: ${failure.detail}`);
    return run.report(performance.now() - started);
  } finally {
    await executor.close(jobId);
  }
}

async function runStage(executor: Executor, jobId: string, plan: StagePlan, run: CheckRun): Promise<void> {
  const { signal } = new AbortController();
  const waiting = plan.shards.values();
  const startNext = () => {
    const { value: shard } = waiting.next();
    return shard === undefined ? undefined : executor.run(jobId, shard, signal);
  };
  const drain = async () => {
    for (let started = startNext(); started !== undefined; ) {
      const outcome = await started;
      // As in the service, a thread gets its next shard before what came of the last one is folded.
      started = startNext();
      if (outcome.kind !== 'done') throw new Error(`a shard of stage ${plan.stage} ended: ${outcome.kind}`);
      run.accept(outcome.result);
      // And finished parameters are reported, which the service does for its events.
      run.takeFinishedParameters();
    }
  };
  await Promise.all(Array.from({ length: executor.capacity() }, drain));
}
