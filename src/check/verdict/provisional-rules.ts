import { componentCount } from '../check-job.ts';
import type { JobView } from '../job-memory.ts';
import { type ClaimedTraits, claimedTraits, largestMagnitude, precisionOf } from './precision.ts';
import { type VerdictRule, verdictRule } from './verdict.ts';

/**
 * The rules by which a thread tells whether a component needs a second look, before the whole numeric gradient is
 * known: the claimed one stands in for it.
 */
export class ProvisionalRules {
  readonly #job: JobView;
  #traits: ClaimedTraits | undefined;
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
    this.#traits ??= claimedTraits(floats.subarray(layout.claimed, layout.claimed + componentCount(spec)));
    const { componentTolerance } = spec.settings;
    const precision = precisionOf(claimedDtype, claimed, componentTolerance, this.#traits);
    const rule = verdictRule(precision, largestMagnitude(claimed));
    this.#known.set(parameter, rule);
    return rule;
  }
}
