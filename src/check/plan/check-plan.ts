import type { CheckSpec } from '../check-job.ts';
import { type CompiledJob, compileJob } from '../compile-job.ts';
import { NOISE_POINTS } from '../noise/ecnoise.ts';
import { pointCount } from '../points/point.ts';
import type { CheckSettings, Strategy } from '../settings.ts';
import { evaluationsPerComponent } from '../sweep/differences.ts';
import { selectedRuns } from './selection.ts';
import { countComponents, flopsOf, type SweepBlock } from './sweep-block.ts';
import type { SweepDesign } from './sweep-design.ts';

/** What a part of a check takes, from static counts. */
export interface Cost {
  /** Evaluations of J, a batch of examples counting as one. */
  readonly evaluations: number;
  readonly flops: number;
  /** Seconds of work on one thread. */
  readonly seconds: number;
}

/** What a check by one strategy takes, from static counts. What is looked at again, being doubtful, comes on top. */
export interface StrategyCost extends Cost {
  readonly strategy: Strategy;
}

/** How a check is to be done, and what it was weighed against. */
export interface CheckPlan extends StrategyCost {
  /** What moving every component by itself would take on top. */
  readonly evaluationsSaved: number;
  /** The other strategies that fit the job; none for a job so small that no choice is made. */
  readonly alternatives: readonly StrategyCost[];
  /** What `compareMethods` takes of it, by whatever strategy; absent where it asks for nothing. */
  readonly compared?: Cost;
}

/** Floating-point operations a second that sweeps reach on one core of a small server, all told. */
export const FLOPS_PER_SECOND = 2e9;

/** Of all points together. A pure function of the spec. */
export function planCheck(spec: CheckSpec): CheckPlan {
  const compiled = compileJob(spec);
  const { settings } = spec;
  const points = pointCount(spec);
  const chosen = costOf(compiled, compiled, settings);
  // A strategy that fits nothing of the job comes down to another one.
  const alternatives = [...compiled.designs.value].flatMap(([strategy, design]) => {
    const cost = costOf(compiled, design, settings);
    return strategy === chosen.strategy || strategy !== cost.strategy ? [] : [cost];
  });
  const components = countComponents(selectedRuns(spec));
  return {
    ...timesPoints(chosen, points),
    evaluationsSaved: points * evaluationsSaved(components, settings, chosen.evaluations),
    alternatives: alternatives.map((cost) => timesPoints(cost, points)),
    ...(compiled.comparisons.length === 0
      ? {}
      : { compared: timesPoints(costOfBlocks(compiled.comparisons, settings), points) }),
  };
}

function timesPoints<Each extends Cost>(cost: Each, points: number): Each {
  const { evaluations, flops, seconds } = cost;
  return { ...cost, evaluations: points * evaluations, flops: points * flops, seconds: points * seconds };
}

/** What moving each of so many components by itself would have taken on top of some evaluations. */
export function evaluationsSaved(components: number, settings: CheckSettings, evaluations: number): number {
  const each = evaluationsPerComponent(settings.method) + evaluationsCompared(settings);
  return Math.max(0, 1 + components * each - evaluations);
}

/** Evaluations of J per component by the methods that are only shown. */
function evaluationsCompared({ compareMethods = [] }: CheckSettings): number {
  return compareMethods.reduce((sum, method) => sum + evaluationsPerComponent(method), 0);
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
  { noisePrograms, comparisons }: CompiledJob,
  { strategies, blocks }: SweepDesign,
  settings: CheckSettings,
): StrategyCost {
  const measured = noisePrograms.filter((program) => program?.reachesCost).length;
  const { evaluations, ...work } = costOfBlocks([...blocks, ...comparisons], settings);
  return {
    strategy: overallStrategy(strategies),
    evaluations: 1 + NOISE_POINTS * measured + evaluations,
    ...work,
  };
}

function costOfBlocks(blocks: readonly SweepBlock[], settings: CheckSettings): Cost {
  const flops = flopsOf(blocks);
  const evaluations = blocks.reduce((sum, block) => sum + evaluationsOf(block, settings), 0);
  return { evaluations, flops, seconds: flops / FLOPS_PER_SECOND };
}

function evaluationsOf(block: SweepBlock, settings: CheckSettings): number {
  if ('program' in block && !block.program?.reachesCost) return 0;
  if (block.kind === 'comparison') return block.probes * evaluationsCompared(settings);
  // A direction is measured with a whole and with half a step.
  const differences = block.kind === 'directions' ? 2 : 1;
  return block.probes * evaluationsPerComponent(settings.method) * differences;
}
