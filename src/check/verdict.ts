import type { ComponentFlag, Verdict } from './report.ts';

/** How far a claimed component may be from the numeric one. */
export interface VerdictRule {
  /** Share of max(|claimed|, |numeric|). */
  readonly relative: number;
  /** Added to that, whatever the component's size. */
  readonly absolute: number;
}

export interface ComponentVerdict {
  readonly verdict: Verdict;
  /** The difference above which the component is called wrong. */
  readonly bound: number;
  readonly flags: readonly ComponentFlag[];
}

/**
 * The rule of a job: a component fails when |claimed − numeric| > τ·max(|claimed|, |numeric|) + τ·max|claimed in the
 * job|, τ being the component tolerance. The second term stands for the rounding of J, which does not shrink with
 * the component.
 */
export function verdictRule(componentTolerance: number, claimed: Float64Array): VerdictRule {
  let largest = 0;
  for (const value of claimed) {
    const size = Math.abs(value);
    if (Number.isFinite(size) && size > largest) largest = size;
  }
  return { relative: componentTolerance, absolute: componentTolerance * largest };
}

const NONE: readonly ComponentFlag[] = [];
const VACUOUS: readonly ComponentFlag[] = ['vacuous'];
const KINK: readonly ComponentFlag[] = ['kink'];
const NON_FINITE: readonly ComponentFlag[] = ['non-finite'];

/** @param crossed whether a kink was crossed on the way to the numeric value, which then may be wrong itself */
export function judgeComponent(
  rule: VerdictRule,
  claimed: number,
  numeric: number,
  crossed = false,
): ComponentVerdict {
  if (!Number.isFinite(numeric))
    return { verdict: 'inconclusive', bound: Number.POSITIVE_INFINITY, flags: NON_FINITE };
  const bound = rule.relative * Math.max(Math.abs(claimed), Math.abs(numeric)) + rule.absolute;
  if (!Number.isFinite(claimed))
    return { verdict: 'fail', bound: rule.relative * Math.abs(numeric) + rule.absolute, flags: NON_FINITE };
  if (claimed === 0 && numeric === 0) return { verdict: 'pass', bound, flags: VACUOUS };
  const isOver = Math.abs(claimed - numeric) > bound;
  if (crossed) return { verdict: isOver ? 'inconclusive' : 'pass', bound, flags: KINK };
  return { verdict: isOver ? 'fail' : 'pass', bound, flags: NONE };
}

/** fail if anything failed, else inconclusive if anything is, else pass. */
export function combineVerdicts(failed: number, inconclusive: number): Verdict {
  if (failed > 0) return 'fail';
  return inconclusive > 0 ? 'inconclusive' : 'pass';
}
