import type { CheckSpec } from './check-job.ts';
import { compileJob } from './compile-job.ts';
import { evaluationsPerComponent } from './differences.ts';
import { layoutOf } from './job-memory.ts';
import { NOISE_POINTS } from './noise/ecnoise.ts';
import { planSweep } from './plan-stage.ts';
import { selectedRuns } from './selection.ts';
import type { Strategy } from './settings.ts';
import { countComponents } from './sweep-block.ts';

/** What a check will take, before anything is run; from static counts alone. */
export interface Estimate {
  /** node-perturbation as soon as any parameter is checked so. */
  readonly strategy: Strategy;
  /** Components that will be checked. */
  readonly components: number;
  /** Evaluations of J, a batch of examples counting as one; doubtful components may take some more. */
  readonly evaluations: number;
  readonly flops: number;
  /** Seconds of work on one thread. */
  readonly seconds: number;
  /** The job's memory, base values and scratch of every slot included. */
  readonly memoryBytes: number;
  readonly shards: number;
}

/** Floating-point operations a second that sweeps reach on one core of a small server, all told. */
export const FLOPS_PER_SECOND = 2e9;

/** @param slots how many of its shards may run at once */
export function estimate(spec: CheckSpec, slots = 1): Estimate {
  const compiled = compileJob(spec);
  const plan = planSweep(compiled);
  const flops = plan.shards.reduce((sum, shard) => sum + shard.flops, 0);
  const moving = compiled.blocks.filter((block) => block.kind === 'units' || block.program?.reachesCost);
  return {
    strategy: overallStrategy(compiled.strategies),
    components: countComponents(selectedRuns(spec)),
    evaluations:
      1 +
      NOISE_POINTS * compiled.noisePrograms.filter((program) => program?.reachesCost).length +
      moving.reduce((sum, { probes }) => sum + probes, 0) * evaluationsPerComponent(spec.settings.method),
    flops,
    seconds: flops / FLOPS_PER_SECOND,
    memoryBytes: 8 * layoutOf(spec, compiled, 0, slots).size,
    shards: plan.shards.length,
  };
}

/** What a job as a whole is said to be checked by. */
export function overallStrategy(strategies: readonly Strategy[]): Strategy {
  return strategies.includes('node-perturbation') ? 'node-perturbation' : 'weight-perturbation';
}
