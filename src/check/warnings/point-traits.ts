import type { JobView } from '../job-memory.ts';
import { runsByParameter, selectedRuns } from '../plan/selection.ts';
import { countLostSteps, type LostSteps } from './lost-steps.ts';
import { largestOf, type Vanishing } from './near-zero.ts';
import { findSaturation, type Saturation } from './saturation.ts';
import { findTwins, type Twins } from './twins.ts';

/** What makes θ a point at which a wrong gradient can look right. Looked for where θ and the base values are. */
export interface PointTraits {
  readonly vanishing: readonly Vanishing[];
  readonly saturation: readonly Saturation[];
  readonly twins: readonly Twins[];
  readonly lostSteps: readonly LostSteps[];
}

/** Looks at θ, its checked parameters alone, and at the base values, which must have been computed in the slot. */
export function readPointTraits(job: JobView, slot: number): PointTraits {
  const { spec, layout, floats } = job;
  const checked = [...runsByParameter(selectedRuns(spec))].map(([position, runs]) => {
    const parameter = spec.parameters[position];
    const { offset, size } = parameter;
    return {
      parameter,
      runs,
      theta: floats.subarray(layout.theta + offset, layout.theta + offset + size),
      claimed: floats.subarray(layout.claimed + offset, layout.claimed + offset + size),
    };
  });
  const names = new Set(checked.map(({ parameter }) => parameter.name));
  return {
    vanishing: checked.map(({ parameter, theta }) => largestOf(parameter, theta)),
    saturation: findSaturation(spec.graph, names, floats, job.baseValues(slot)),
    twins: checked.flatMap(({ parameter, theta, claimed }) => findTwins(parameter, theta, claimed)),
    lostSteps: checked.flatMap(
      ({ parameter, theta, runs }) => countLostSteps(spec.settings, parameter, theta, runs) ?? [],
    ),
  };
}
