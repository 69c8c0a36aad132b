import type { CheckSpec } from '../check-job.ts';
import { type CompiledJob, compileJob } from '../compile-job.ts';
import { NOISE_POINTS } from '../noise/ecnoise.ts';
import { pointCount } from '../points/point.ts';
import type { Method, Strategy } from '../settings.ts';
import { evaluationsPerComponent } from '../sweep/differences.ts';
import { selectedRuns } from './selection.ts';
import { countComponents, type SweepBlock } from './sweep-block.ts';
import type { SweepDesign } from './sweep-design.ts';

/** What a check by one strategy takes, from static counts. What is looked at again, being doubtful, comes on top. */
export interface StrategyCost {
  readonly strategy: Strategy;
  /** Evaluations of J, a batch of examples counting as one. */
  readonly evaluations: number;
  readonly flops: number;
  /** Seconds of work on one thread. */
  readonly seconds: number;
}

/** How a check is to be done, and what it was weighed against. */
export interface CheckPlan extends StrategyCost {
  /** What moving every component by itself would take on top. */
  readonly evaluationsSaved: number;
  /** The other strategies that fit the job; none for a job so small that no choice is made. */
  readonly alternatives: readonly StrategyCost[];
}

/** Floating-point operations a second that sweeps reach on one core of a small server, all told. */
export const FLOPS_PER_SECOND = 2e9;

/** Of all points together. A pure function of the spec. */
export function planCheck(spec: CheckSpec): CheckPlan {
  const compiled = compileJob(spec);
  const { method } = spec.settings;
  const points = pointCount(spec);
  const chosen = timesPoints(costOf(compiled, compiled, method), points);
  // A strategy that fits nothing of the job comes down to another one.
  const alternatives = [...compiled.designs.value].flatMap(([strategy, design]) => {
    const cost = costOf(compiled, design, method);
    return strategy === chosen.strategy || strategy !== cost.strategy ? [] : [timesPoints(cost, points)];
  });
  const components = countComponents(selectedRuns(spec));
  return {
    ...chosen,
    evaluationsSaved: points * evaluationsSaved(components, method, chosen.evaluations / points),
    alternatives,
  };
}

function timesPoints({ strategy, evaluations, flops, seconds }: StrategyCost, points: number): StrategyCost {
  return {
    strategy,
    evaluations: points * evaluations,
    flops: points * flops,
    seconds: points * seconds,
  };
}

/** What moving each of so many components by itself would have taken on top of some evaluations. */
export function evaluationsSaved(components: number, method: Method, evaluations: number): number {
  return Math.max(0, 1 + components * evaluationsPerComponent(method) - evaluations);
}

/**
 * What a job as a whole is said to be checked by: node-perturbation, or directions, as soon as any parameter is.
 * The two do not meet in one job.
 */
export function overallStrategy(strategies: readonly Strategy[]): Strategy {
  if (strategies.includes('directional')) return 'directional';
  return strategies.includes('node-perturbation') ? 'node-perturbation' : 'weight-perturbation';
}

function costOf(
  { noisePrograms }: CompiledJob,
  { strategies, blocks }: SweepDesign,
  method: Method,
): StrategyCost {
  const measured = noisePrograms.filter((program) => program?.reachesCost).length;
  const flops = blocks.reduce((sum, { probes, flopsPerProbe }) => sum + probes * flopsPerProbe, 0);
  return {
    strategy: overallStrategy(strategies),
    evaluations:
      1 + NOISE_POINTS * measured + blocks.reduce((sum, block) => sum + evaluationsOf(block, method), 0),
    flops,
    seconds: flops / FLOPS_PER_SECOND,
  };
}

function evaluationsOf(block: SweepBlock, method: Method): number {
  if (block.kind === 'components' && !block.program?.reachesCost) return 0;
  // A direction is measured with a whole and with half a step.
  return block.probes * evaluationsPerComponent(method) * (block.kind === 'directions' ? 2 : 1);
}
