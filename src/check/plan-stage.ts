import type { CheckSpec } from './check-job.ts';
import type { CompiledJob } from './compile-job.ts';
import { differencePairs } from './differences.ts';
import { ProbeList } from './probe-list.ts';
import type { Shard, StagePlan } from './shard.ts';

/** Floating-point operations of the smallest and the largest shard: about 1 ms and 100 ms of plain loops. */
const SMALLEST_SHARD = 1e6;
const LARGEST_SHARD = 1e8;
/** A job has at least about so many shards, that its progress moves and all threads share in it. */
const SHARDS_PER_JOB = 16;
/** What one probe costs beside its arithmetic, in floating-point operations. */
const PROBE_OVERHEAD = 2000;

/** The stage that evaluates J at θ: one shard of one probe. */
export function planPrepare(): StagePlan {
  return {
    stage: 'prepare',
    probes: 1,
    shards: [{ stage: 'prepare', index: 0, start: 0, count: 1, flops: SMALLEST_SHARD }],
  };
}

export interface PlannedSweep {
  readonly plan: StagePlan;
  readonly flops: number;
}

/** The stage that moves every selected component once. A pure function of the spec, from static flop counts. */
export function planSweep(spec: CheckSpec, compiled: CompiledJob): PlannedSweep {
  const probes = new ProbeList(spec);
  const pairs = differencePairs[spec.settings.method].length;
  const flopsPerProbe = compiled.programs.map(
    (program) => PROBE_OVERHEAD + pairs * (program?.flopsPerPair ?? 0),
  );
  const flops = probes.runs.reduce((sum, run) => sum + run.count * flopsPerProbe[run.parameter], 0);
  const target = Math.min(LARGEST_SHARD, Math.max(SMALLEST_SHARD, flops / SHARDS_PER_JOB));
  const shards: Shard[] = [];
  let start = 0;
  let count = 0;
  let filled = 0;
  const close = () => {
    if (count === 0) return;
    shards.push({ stage: 'sweep', index: shards.length, start, count, flops: filled });
    start += count;
    count = 0;
    filled = 0;
  };
  for (const run of probes.runs) {
    const each = flopsPerProbe[run.parameter];
    let left = run.count;
    while (left > 0) {
      const room = Math.max(1, Math.ceil((target - filled) / each));
      const taken = Math.min(left, room);
      count += taken;
      filled += taken * each;
      left -= taken;
      if (filled >= target) close();
    }
  }
  close();
  return { plan: { stage: 'sweep', shards, probes: probes.length }, flops };
}
