import { type CheckSpec, componentCount } from '../check-job.ts';
import { compileJob } from '../compile-job.ts';
import { layoutOf } from '../job-memory.ts';
import { pointCount } from '../points/point.ts';
import { type CheckPlan, planCheck } from './check-plan.ts';
import { planSweep } from './plan-stage.ts';
import { selectedRuns } from './selection.ts';
import { countComponents } from './sweep-block.ts';

/** What a check will take at all its points, before anything is run; from static counts alone. */
export interface Estimate extends CheckPlan {
  /** Components that will be checked. */
  readonly components: number;
  /**
   * The job's memory, base values and scratch of every slot included: that of one point, and where there are several
   * θ and the claimed gradient at each of them.
   */
  readonly memoryBytes: number;
  readonly shards: number;
}

/** @param slots how many of its shards may run at once */
export function estimate(spec: CheckSpec, slots = 1): Estimate {
  const compiled = compileJob(spec);
  const points = pointCount(spec);
  const held = points === 1 ? 0 : 2 * points * componentCount(spec);
  return {
    ...planCheck(spec),
    components: points * countComponents(selectedRuns(spec)),
    memoryBytes: 8 * (layoutOf(spec, compiled, 0, slots).size + held),
    shards: points * planSweep(compiled).shards.length,
  };
}
