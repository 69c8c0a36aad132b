import type { CompiledJob } from '../compile-job.ts';
import { NOISE_POINTS } from '../noise/ecnoise.ts';
import type { Noise } from '../noise/noise.ts';
import type { PrepareShard, RefineShard, StagePlan, SweepShard } from '../shard.ts';
import type { ComponentRun } from './selection.ts';
import { countComponents, flopsOf, type SweepBlock, sliceRuns } from './sweep-block.ts';

/** Floating-point operations of the smallest and the largest shard: about 1 ms and 100 ms. */
const SMALLEST_SHARD = 2e6;
const LARGEST_SHARD = 2e8;
/**
 * A shard takes this part of the work that is left, so that the last ones are small: threads that share the work, up to so
 * many, come to its end together (guided self-scheduling: Polychronopoulos and Kuck, IEEE Trans. Comput. C-36, 1987).
 */
const SHARE_OF_REST = 1 / 16;
/** But no less than this part of the whole: every shard costs something beside its work. */
const SHARE_OF_WHOLE = 1 / 64;

/** The stage that evaluates J at θ and measures its noise along every parameter. A pure function of the spec. */
export function planPrepare({ noisePrograms }: CompiledJob): StagePlan {
  const blocks = noisePrograms.map((program) => {
    const evaluation = program?.reachesCost ? program.flopsPerPair / 2 : 0;
    return { probes: 1, flopsPerProbe: 1 + NOISE_POINTS * evaluation };
  });
  const shards = cutRanges(blocks).map(({ start, count, flops }, index): PrepareShard => {
    return { stage: 'prepare', index, start, count, flops };
  });
  return { stage: 'prepare', probes: noisePrograms.length, shards };
}

interface SweepPlan extends StagePlan {
  readonly stage: 'sweep';
  readonly shards: readonly SweepShard[];
}

/** The stage that checks every selected component once. A pure function of the spec, from static flop counts. */
export function planSweep({ blocks, comparisons }: CompiledJob): SweepPlan {
  const checked = countProbes(blocks);
  const compared = cutRanges(comparisons).map((range) => ({ ...range, start: checked + range.start }));
  const shards = [...cutRanges(blocks), ...compared].map(
    ({ start, count, flops }, index): SweepShard => ({ stage: 'sweep', index, start, count, flops }),
  );
  return { stage: 'sweep', shards, probes: checked + countProbes(comparisons) };
}

function countProbes(blocks: readonly SweepBlock[]): number {
  return blocks.reduce((sum, { probes }) => sum + probes, 0);
}

/** The stage that checks some components again, each moved by itself. */
export function planRefine(
  { programs }: CompiledJob,
  runs: readonly ComponentRun[],
  noise: readonly Noise[],
): StagePlan {
  const blocks = runs.map((run) => ({
    probes: run.count,
    flopsPerProbe: 1 + (programs[run.parameter]?.flopsPerPair ?? 0),
  }));
  const shards = cutRanges(blocks).map(({ start, count, flops }, index): RefineShard => {
    return { stage: 'refine', index, start, count, flops, noise, runs: sliceRuns(runs, start, count) };
  });
  return { stage: 'refine', shards, probes: countComponents(runs) };
}

export interface ProbeRange {
  readonly start: number;
  readonly count: number;
  readonly flops: number;
}

/** Cuts probes, numbered through the blocks, into ranges of less and less work. */
export function cutRanges(blocks: readonly Pick<SweepBlock, 'probes' | 'flopsPerProbe'>[]): ProbeRange[] {
  const whole = flopsOf(blocks);
  const targetOf = (rest: number) => {
    const share = Math.max(rest * SHARE_OF_REST, whole * SHARE_OF_WHOLE);
    return Math.min(LARGEST_SHARD, Math.max(SMALLEST_SHARD, share));
  };
  let rest = whole;
  let target = targetOf(rest);
  const ranges: ProbeRange[] = [];
  let open = { start: 0, count: 0, flops: 0 };
  const close = () => {
    if (open.count === 0) return;
    ranges.push(open);
    rest -= open.flops;
    target = targetOf(rest);
    open = { start: open.start + open.count, count: 0, flops: 0 };
  };
  for (const { probes, flopsPerProbe } of blocks) {
    let left = probes;
    while (left > 0) {
      const taken = Math.min(left, Math.max(1, Math.ceil((target - open.flops) / flopsPerProbe)));
      open.count += taken;
      open.flops += taken * flopsPerProbe;
      left -= taken;
      if (open.flops >= target) close();
    }
  }
  close();
  return ranges;
}
