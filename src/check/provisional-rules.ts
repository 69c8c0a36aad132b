import type { JobView } from './job-memory.ts';
import { precisionOf } from './precision.ts';
import { type VerdictRule, verdictRule } from './verdict.ts';

/**
 * The rules by which a thread tells whether a component needs a second look, before the whole numeric gradient is
 * known: the claimed one stands in for it.
 */
export class ProvisionalRules {
  readonly #job: JobView;
  readonly #known = new Map<number, VerdictRule>();

  constructor(job: JobView) {
    this.#job = job;
  }

  /** @param parameter position in `spec.parameters` */
  of(parameter: number): VerdictRule {
    const known = this.#known.get(parameter);
    if (known !== undefined) return known;
    const { spec, layout, floats } = this.#job;
    const { offset, size, claimedDtype } = spec.parameters[parameter];
    const from = layout.claimed + offset;
    const claimed = floats.subarray(from, from + size);
    const precision = precisionOf(claimedDtype, claimed, spec.settings.componentTolerance);
    const rule = verdictRule(precision, largestMagnitude(claimed));
    this.#known.set(parameter, rule);
    return rule;
  }
}

/** The largest finite magnitude; 0 of none. */
export function largestMagnitude(values: Float64Array): number {
  let largest = 0;
  for (let i = 0; i < values.length; i++) {
    const size = Math.abs(values[i]);
    if (size > largest && size < Number.POSITIVE_INFINITY) largest = size;
  }
  return largest;
}
