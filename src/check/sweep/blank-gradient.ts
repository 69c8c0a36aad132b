import { type CheckSpec, componentCount } from '../check-job.ts';
import { compileJob } from '../compile-job.ts';
import { fillNumbers, type Piecewise } from '../piecewise.ts';
import type { ComponentRun } from '../plan/selection.ts';

/**
 * The numeric gradient before anything has come: 0 for components that will be moved by themselves, NaN for all others.
 * @param runs the components that are checked, in order
 */
export function* blankGradient(spec: CheckSpec, runs: readonly ComponentRun[]): Piecewise<Float64Array> {
  const { strategies } = compileJob(spec);
  const numeric = new Float64Array(componentCount(spec));
  let end = 0;
  for (const { parameter, start, count } of runs) {
    if (strategies[parameter] === 'directional') continue;
    if (start > end) yield* fillNumbers(numeric, Number.NaN, end, start);
    end = start + count;
  }
  yield* fillNumbers(numeric, Number.NaN, end, numeric.length);
  return numeric;
}
