import type { CompiledJob } from '../compile-job.ts';
import type { Noise } from '../noise/noise.ts';
import { cutRanges } from '../plan/plan-stage.ts';
import type { BisectShard, StagePlan } from '../shard.ts';
import { type BisectTask, probesOf, sliceTasks } from './bisect-task.ts';

/**
 * Plans one round of the stage that searches for wrong components.
 * @param firstShard number of the first shard: those of all rounds are numbered through
 */
export function planBisect(
  { blocks }: CompiledJob,
  tasks: readonly BisectTask[],
  firstShard: number,
  noise: readonly Noise[],
): StagePlan {
  const costs = new Map(
    blocks.flatMap((block) => (block.kind === 'directions' ? [[block.parameter, block] as const] : [])),
  );
  const ranges = cutRanges(
    tasks.map((task) => {
      const cost = costs.get(task.parameter);
      const flops = task.kind === 'direction' ? cost?.flopsPerProbe : cost?.flopsPerComponent;
      return { probes: probesOf(task), flopsPerProbe: flops ?? 1 };
    }),
  );
  const shards = ranges.map(({ start, count, flops }, i): BisectShard => {
    const index = firstShard + i;
    return { stage: 'bisect', index, start, count, flops, noise, tasks: sliceTasks(tasks, start, count) };
  });
  return { stage: 'bisect', shards, probes: tasks.reduce((sum, task) => sum + probesOf(task), 0) };
}
