import type { CheckSpec } from '../check-job.ts';
import { compileJob } from '../compile-job.ts';
import { layoutOf } from '../job-memory.ts';
import { type CheckPlan, planCheck } from './check-plan.ts';
import { planSweep } from './plan-stage.ts';
import { selectedRuns } from './selection.ts';
import { countComponents } from './sweep-block.ts';

/** What a check will take, before anything is run; from static counts alone. */
export interface Estimate extends CheckPlan {
  /** Components that will be checked. */
  readonly components: number;
  /** The job's memory, base values and scratch of every slot included. */
  readonly memoryBytes: number;
  readonly shards: number;
}

/** @param slots how many of its shards may run at once */
export function estimate(spec: CheckSpec, slots = 1): Estimate {
  const compiled = compileJob(spec);
  return {
    ...planCheck(spec),
    components: countComponents(selectedRuns(spec)),
    memoryBytes: 8 * layoutOf(spec, compiled, 0, slots).size,
    shards: planSweep(compiled).shards.length,
  };
}
