import type { ComponentFlag, Verdict } from '../report/report.ts';
import type { Kink, Refinement } from '../sweep/refinement.ts';
import type { Precision } from './precision.ts';

/** The rule for the components of one parameter. All but `tolerance` in the units of the gradient. */
export interface VerdictRule {
  /** τ: the share of max(|claimed|, |numeric|) that the claimed value may be off beyond the numeric one's own error. */
  readonly tolerance: number;
  /** Below this an error counts as that of a gradient computed in low precision; 0 for float64. */
  readonly floor: number;
  /** Up to this it may still be that. */
  readonly gray: number;
  /** What a component is flagged with that is not told apart from rounding in low precision. */
  readonly lowFlag: ComponentFlag;
  /** An error of the numeric value that is small beside the parameter's largest component, if not beside its own. */
  readonly negligible: number;
}

/** What is known of one component. */
export interface Evidence {
  readonly claimed: number;
  readonly numeric: number;
  /** B: how far `numeric` may be off. */
  readonly bound: number;
  /** Whether a kink was crossed on the way to `numeric`. */
  readonly crossed?: boolean;
  /** Decides in place of `numeric` where there is one. */
  readonly refinement?: Refinement | undefined;
  /** Whether `bound` holds for truncation too, as that of a refinement does. */
  readonly settled?: boolean;
}

export interface ComponentVerdict {
  readonly verdict: Verdict;
  /** The difference from the deciding numeric value above which the component is called wrong. */
  readonly bound: number;
  /** B: how far that numeric value may be off. */
  readonly error: number;
  readonly flags: readonly ComponentFlag[];
}

/** A numeric value within such a share of the component decides about it. */
export const DECISIVE = 1e-4;
/** An error of such a share of the parameter's largest component matters to nobody. */
const NEGLIGIBLE = 1e-6;

/** @param largest the largest magnitude in the parameter's numeric gradient */
export function verdictRule(precision: Precision, largest: number): VerdictRule {
  const { dtype, tolerance, floor, gray, least } = precision;
  return {
    tolerance,
    floor: floor * largest,
    gray: Math.max(gray * largest, least),
    lowFlag: dtype === 'float16' || dtype === 'bfloat16' ? 'half-precision' : 'float32',
    negligible: NEGLIGIBLE * largest,
  };
}

const NONE: readonly ComponentFlag[] = [];
const VACUOUS: readonly ComponentFlag[] = ['vacuous'];
const KINK: readonly ComponentFlag[] = ['kink'];
const NON_FINITE: readonly ComponentFlag[] = ['non-finite'];
const NOISE_LIMITED: readonly ComponentFlag[] = ['noise-limited'];

/**
 * A component fails when its claimed value a is further from the numeric one n than both can err: |a − n| > B + τ·s
 * with s = max(|a|, |n|). It passes when it does not fail and B is small beside s. In between it is inconclusive,
 * unless B has been refined and is small beside the parameter's largest component.
 */
export function judgeComponent(rule: VerdictRule, evidence: Evidence): ComponentVerdict {
  const { claimed, refinement, crossed = false } = evidence;
  const numeric = refinement?.numeric ?? evidence.numeric;
  if (!Number.isFinite(numeric))
    return { verdict: 'inconclusive', bound: Infinity, error: Infinity, flags: NON_FINITE };
  const error = refinement?.bound ?? evidence.bound;
  const judged = (verdict: Verdict, bound: number, flags: readonly ComponentFlag[]) => ({
    verdict,
    bound,
    error,
    flags,
  });
  if (!Number.isFinite(claimed))
    return judged('fail', error + rule.tolerance * Math.abs(numeric), NON_FINITE);
  const isStill = numeric === 0 && (refinement === undefined ? !crossed : refinement.kink === undefined);
  if (claimed === 0 && isStill) return judged('pass', error, VACUOUS);
  const size = Math.max(Math.abs(claimed), Math.abs(numeric));
  const bound = Math.max(error + rule.tolerance * size, rule.floor);
  if (refinement?.kink !== undefined) return judgeAtKink(rule, claimed, refinement.kink);
  const difference = Math.abs(claimed - numeric);
  if (crossed && refinement === undefined)
    return judged(difference > bound ? 'inconclusive' : 'pass', bound, KINK);
  if (difference > bound)
    return difference > rule.gray
      ? judged('fail', bound, NONE)
      : judged('inconclusive', bound, [rule.lowFlag]);
  if (difference > error + rule.tolerance * size) return judged('pass', bound, [rule.lowFlag]);
  if (error <= DECISIVE * size) return judged('pass', bound, NONE);
  const isSettled = refinement !== undefined || evidence.settled === true;
  const verdict = isSettled && error <= rule.negligible ? 'pass' : 'inconclusive';
  return judged(verdict, bound, NOISE_LIMITED);
}

/**
 * At a kink any value between the slopes on either side is a subgradient, and passes. Beyond them it is wrong where
 * one piece alone has the kink; several can have subgradients that add up to anything, as in relu(x) − relu(−x),
 * whose slopes are both 1 while frameworks claim 0.
 */
function judgeAtKink(rule: VerdictRule, claimed: number, kink: Kink): ComponentVerdict {
  const [low, high] = [Math.min(kink.left, kink.right), Math.max(kink.left, kink.right)];
  const size = Math.max(Math.abs(claimed), Math.abs(low), Math.abs(high));
  const reach = Math.max(kink.bound + rule.tolerance * size, rule.floor);
  const isPlain = kink.pieces === 1 && high - low > 2 * kink.bound;
  const isBetween = claimed >= low - reach && claimed <= high + reach;
  const beyond: Verdict = isPlain ? 'fail' : 'inconclusive';
  // The numeric value is the middle of the slopes.
  const half = (high - low) / 2;
  return {
    verdict: isBetween ? 'pass' : beyond,
    bound: half + reach,
    error: half + kink.bound,
    flags: KINK,
  };
}

/**
 * Whether a component that crossed no kink passes as most do: both values finite, their difference and the numeric
 * one's error small. All but those few need no more than this, which makes no objects.
 */
export function passesPlainly(
  { tolerance }: VerdictRule,
  claimed: number,
  numeric: number,
  error: number,
): boolean {
  const size = Math.max(Math.abs(claimed), Math.abs(numeric));
  const isOrdinary = size < Number.POSITIVE_INFINITY && size > 0;
  return isOrdinary && Math.abs(claimed - numeric) <= error + tolerance * size && error <= DECISIVE * size;
}

/** The `bound` of a component that passes plainly. */
export function plainBound(
  { tolerance, floor }: VerdictRule,
  claimed: number,
  numeric: number,
  error: number,
): number {
  return Math.max(error + tolerance * Math.max(Math.abs(claimed), Math.abs(numeric)), floor);
}

/** Whether a component passes beyond doubt, so that there is no need to look at it again. */
export function isClear(rule: VerdictRule, evidence: Evidence): boolean {
  const { claimed, numeric, bound, crossed = false, refinement } = evidence;
  // Almost all of them, without an object made.
  if (refinement === undefined && !crossed) {
    if (passesPlainly(rule, claimed, numeric, bound) || (claimed === 0 && numeric === 0)) return true;
  }
  const { verdict, flags } = judgeComponent(rule, evidence);
  return verdict === 'pass' && flags !== NOISE_LIMITED && flags !== KINK;
}

/** fail if anything failed, else inconclusive if anything is, else pass. */
export function combineVerdicts(verdicts: readonly Verdict[]): Verdict {
  if (verdicts.includes('fail')) return 'fail';
  return verdicts.includes('inconclusive') ? 'inconclusive' : 'pass';
}
