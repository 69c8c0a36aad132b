import { z } from 'zod';
import type { CheckJob } from '../check/check-job.ts';
import type { Estimate } from '../check/plan/estimate.ts';
import { componentsAtAllPoints } from '../check/points/point.ts';
import type { Config } from '../config.ts';
import { type ErrorCode, GradcheckError } from '../errors/catalogue.ts';

export const exceededLimitSchema = z
  .object({
    code: z.string().describe('The error with which the job would be refused.'),
    setting: z.string().describe('The setting of the service that bounds it.'),
    limit: z.number(),
    actual: z.number(),
  })
  .meta({ id: 'ExceededLimit' });

export interface ExceededLimit extends z.output<typeof exceededLimitSchema> {
  readonly code: ErrorCode;
}

/** Every limit of the service that a job is over. */
export function exceededLimits(
  job: CheckJob,
  { seconds, memoryBytes }: Estimate,
  config: Config,
): ExceededLimit[] {
  const measured: ExceededLimit[] = [
    {
      code: 'tensors-too-large',
      setting: 'MAX_TENSOR_BYTES',
      limit: config.MAX_TENSOR_BYTES,
      actual: tensorBytes(job),
    },
    {
      code: 'too-many-components',
      setting: 'MAX_COMPONENTS',
      limit: config.MAX_COMPONENTS,
      actual: componentsAtAllPoints(job.spec),
    },
    {
      code: 'too-much-memory',
      setting: 'MAX_MEMORY_BYTES',
      limit: config.MAX_MEMORY_BYTES,
      actual: memoryBytes,
    },
    { code: 'too-much-work', setting: 'MAX_JOB_SECONDS', limit: config.MAX_JOB_SECONDS, actual: seconds },
  ];
  return measured.filter(({ actual, limit }) => actual > limit);
}

/**
 * @throws GradcheckError that names every limit the job is over, and for too much work what `compareMethods` takes of it
 *   and what directional would take.
 */
export function enforceLimits(job: CheckJob, estimate: Estimate, config: Config): void {
  const exceeded = exceededLimits(job, estimate, config);
  if (exceeded.length === 0) return;
  const sentences = exceeded.map(
    ({ setting, limit, actual }) => `${setting} is ${limit} and this job has ${actual}`,
  );
  const isTooMuchWork = exceeded.some(({ code }) => code === 'too-much-work');
  const { compared } = estimate;
  if (isTooMuchWork && compared !== undefined) {
    const { seconds, evaluations } = compared;
    sentences.push(
      `compareMethods takes about ${brief(seconds)} of these seconds and ${evaluations} of ${estimate.evaluations} evaluations`,
    );
  }
  const directional = estimate.alternatives.find(({ strategy }) => strategy === 'directional');
  if (isTooMuchWork && directional !== undefined && directional.seconds < estimate.seconds) {
    const { seconds, evaluations } = directional;
    sentences.push(
      `the strategy directional, which can miss errors, would take about ${brief(seconds)} seconds and ${evaluations} evaluations`,
    );
  }
  throw new GradcheckError(exceeded[0].code, sentences.join('; '));
}

/** Estimates are no more exact than that. */
function brief(seconds: number): number {
  return Number(seconds.toPrecision(2));
}

function tensorBytes({ theta, claimed, data, spec }: CheckJob): number {
  const tensors = [...data, ...spec.graph.constants].map(({ values }) => values.byteLength);
  return theta.byteLength + claimed.byteLength + tensors.reduce((sum, bytes) => sum + bytes, 0);
}
