import type { CheckJob } from '../check-job.ts';
import type { ComponentRun } from '../plan/selection.ts';
import { type Projection, stepAlong } from './projection.ts';
import { SignVector } from './sign-vector.ts';

/**
 * A projection as it would be, had some components claimed their numeric values. Its bound is smaller then as well:
 * a large error that has been found hides no small one.
 * @param numeric the numeric gradient laid out as θ
 * @param known components of the direction whose numeric values are known
 */
export function correctProjection(
  projection: Projection,
  { spec, theta, claimed }: CheckJob,
  numeric: Float64Array,
  known: readonly ComponentRun[],
): Projection {
  const { parameter, vector, distance } = projection;
  const signs = new SignVector(spec.settings.seed, parameter, vector);
  const { offset } = spec.parameters[parameter];
  let sum = projection.claimed;
  let square = projection.size ** 2;
  for (const run of known) {
    for (let component = run.start; component < run.start + run.count; component++) {
      const [wrong, right] = [claimed[component], numeric[component]];
      if (!Number.isFinite(wrong) || !Number.isFinite(right)) continue;
      const still = theta[component];
      const step = signs.at(component - offset) * stepAlong(spec.settings, still, projection);
      const move = (still + step - (still - step)) / distance;
      sum -= (wrong - right) * move;
      square += (right * move) ** 2 - (wrong * move) ** 2;
    }
  }
  return { ...projection, claimed: sum, size: Math.sqrt(Math.max(0, square)) };
}
