import type { CheckSpec } from './check-job.ts';
import { type CompiledJob, compileJob } from './compile-job.ts';
import { evaluationsPerComponent } from './differences.ts';
import { layoutOf } from './job-memory.ts';
import { type PlannedSweep, planSweep } from './plan-stage.ts';
import type { Strategy } from './settings.ts';

/** What a check will take, before anything is run; from static counts alone. */
export interface Estimate {
  readonly strategy: Strategy;
  /** Components that will be checked. */
  readonly components: number;
  /** Evaluations of J. */
  readonly evaluations: number;
  readonly flops: number;
  /** Seconds of work on one thread. */
  readonly seconds: number;
  /** The job's memory with one slot. */
  readonly memoryBytes: number;
  readonly shards: number;
}

/** Floating-point operations a second that plain loops reach on one core of a small server. */
export const FLOPS_PER_SECOND = 1e9;

export function estimate(spec: CheckSpec, compiled: CompiledJob = compileJob(spec)): Estimate {
  const { plan, flops }: PlannedSweep = planSweep(spec, compiled);
  return {
    strategy: 'weight-perturbation',
    components: plan.probes,
    evaluations: 1 + plan.probes * evaluationsPerComponent(spec.settings.method),
    flops,
    seconds: flops / FLOPS_PER_SECOND,
    memoryBytes: 8 * layoutOf(spec, compiled, 0, 1).size,
    shards: plan.shards.length,
  };
}
