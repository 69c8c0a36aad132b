import { randomUUID } from 'node:crypto';
import type { CheckJob } from '../check/check-job.ts';
import { CheckRun } from '../check/check-run.ts';
import { PointSequence } from '../check/points/point-sequence.ts';
import { componentsCsv } from '../check/report/formats/components-csv.ts';
import type { StagePlan } from '../check/shard.ts';
import { GradcheckError } from '../errors/catalogue.ts';
import type { Executor } from '../jobs/executor/executor.ts';
import type { JobError } from '../jobs/job-record.ts';
import { readJob } from '../models/read-job.ts';
import type { CheckOutcome, CheckProgress } from './check-outcome.ts';
import { CommandError, causeOf } from './command-error.ts';
import type { JobSource } from './read-source.ts';

export interface LocalCheckOptions {
  readonly executor: Executor;
  readonly onProgress: (progress: CheckProgress) => void;
  readonly signal: AbortSignal;
}

/**
 * Checks a job document on the threads of an executor, with nothing stored.
 * @throws GradcheckError `invalid-job` with every fault of the document.
 */
export async function checkLocally(
  { document, files }: JobSource,
  options: LocalCheckOptions,
): Promise<CheckOutcome> {
  const reading = readJob(parseJson(document), files);
  if (reading.kind === 'faults') {
    throw new GradcheckError('invalid-job', 'the job document has faults', { faults: reading.faults });
  }
  const { name } = reading.job.spec;
  const outcome = await runOnExecutor(reading.job, options);
  return outcome.kind === 'report' && name !== undefined ? { ...outcome, name } : outcome;
}

function parseJson(source: string): unknown {
  try {
    return JSON.parse(source);
  } catch (error) {
    throw new CommandError(`the document is not JSON: ${causeOf(error)}`, { cause: error });
  }
}

async function runOnExecutor(job: CheckJob, options: LocalCheckOptions): Promise<CheckOutcome> {
  const points = new PointSequence(job);
  for (let point = points.next(); point !== undefined; point = points.next()) {
    const otherEnd = await runPoint(point, points, options);
    if (otherEnd !== undefined) return otherEnd;
  }
  const { conclusions } = points;
  return { kind: 'report', report: points.report(), components: () => componentsCsv(job, conclusions) };
}

/** Checks the present point of a job. @returns how the job ends, unless it goes on */
async function runPoint(
  job: CheckJob,
  points: PointSequence,
  { executor, onProgress, signal }: LocalCheckOptions,
): Promise<CheckOutcome | undefined> {
  const jobId = randomUUID();
  const started = performance.now();
  const run = new CheckRun(job);
  const watch = { onProgress: () => onProgress(points.progress(run)), executor, signal };
  await executor.open(jobId, job);
  try {
    for (let plan = run.nextPlan(); plan !== undefined; plan = run.nextPlan()) {
      const error = await runStage(jobId, plan, run, watch);
      if (signal.aborted) return { kind: 'interrupted' };
      if (error !== undefined) return { kind: 'failed', error };
    }
  } finally {
    await executor.close(jobId);
  }
  const failure = points.failure(run);
  if (failure !== undefined) return { kind: 'failed', error: failure };
  points.finish(run, performance.now() - started);
  return undefined;
}

interface StageOptions extends Pick<LocalCheckOptions, 'executor' | 'signal'> {
  /** Called after every shard. */
  onProgress(): void;
}

/** Runs a stage's shards, as many at once as the executor takes. @returns the first shard's error, if any had one. */
async function runStage(
  jobId: string,
  plan: StagePlan,
  run: CheckRun,
  { executor, onProgress, signal }: StageOptions,
): Promise<JobError | undefined> {
  const waiting = plan.shards.values();
  let error: JobError | undefined;
  const drain = async () => {
    for (const shard of waiting) {
      if (signal.aborted || error !== undefined) return;
      const outcome = await executor.run(jobId, shard, signal);
      if (outcome.kind === 'done') run.accept(outcome.result);
      else if (outcome.kind !== 'cancelled') error ??= { code: outcome.code, detail: outcome.detail };
      onProgress();
    }
  };
  await Promise.all(Array.from({ length: executor.capacity() }, drain));
  return error;
}
