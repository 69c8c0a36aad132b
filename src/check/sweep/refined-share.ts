import type { CompiledJob } from '../compile-job.ts';
import type { ComponentRun } from '../plan/selection.ts';
import { countComponents, flopsOf } from '../plan/sweep-block.ts';

/** Of a parameter's doubtful components so many are looked at again at least, if there are. */
const LEAST = 64;
/** The work of looking at more of them, as a share of the sweep's. */
const SHARE = 0.5;
/** What looking at a component again takes, in pairs of evaluations: two differences. */
const PAIRS = 2;

/** How many components of a node-perturbed parameter may be moved by themselves after the sweep. */
export function mostRefined({ programs, blocks }: CompiledJob, parameter: number): number {
  const each = PAIRS * (programs[parameter]?.flopsPerPair ?? 0);
  return Math.max(LEAST, Math.floor((SHARE * flopsOf(blocks)) / Math.max(1, each)));
}

/** So many of the runs' components at most, evenly spread: they tell how far truncation goes for the others. */
export function evenly(runs: readonly ComponentRun[], most: number): readonly ComponentRun[] {
  const total = countComponents(runs);
  if (total <= most) return runs;
  const chosen: ComponentRun[] = [];
  let first = 0;
  for (const { parameter, start, count } of runs) {
    for (;;) {
      const next = Math.floor((chosen.length * total) / most);
      if (chosen.length === most || next >= first + count) break;
      chosen.push({ parameter, start: start + next - first, count: 1 });
    }
    first += count;
  }
  return chosen;
}
