import { toJsonNumber } from '../../tensors/json-number.ts';
import { type ComparedPairs, relativeDifference } from '../relative-difference.ts';
import type { DirectionalReport, ParameterReport, Verdict } from '../report.ts';
import type { VerdictRule } from '../verdict.ts';
import type { Bisection } from './bisection.ts';
import { isTelling, type Projection, projectionBound, VECTORS } from './projection.ts';

/**
 * Completes the report of a parameter that was checked along directions.
 * @param ofChecked what is known of the components that were checked by themselves
 */
export function reportDirections(
  ofChecked: ParameterReport,
  bisection: Bisection,
  rule: VerdictRule,
): ParameterReport {
  const directional = describeDirections(bisection, rule);
  const norms = relativeDifference(comparedProjections(bisection));
  return {
    ...ofChecked,
    verdict: verdictOf(ofChecked, directional.agreed && areTelling(bisection, rule)),
    relativeDifference: toJsonNumber(norms.relativeDifference),
    claimedNorm: toJsonNumber(norms.claimedNorm),
    numericNorm: toJsonNumber(norms.numericNorm),
    directional,
  };
}

/**
 * What is compared of such a parameter: its projections, each divided by what the norm of a direction makes of it and
 * by √VECTORS, so that ‖…‖₂ over them is an estimate of the norm over the components: the mean of ⟨g,v⟩² over all ±1
 * vectors v is ‖g‖² (Hutchinson 1990, Commun. Stat. Simul. Comput. 19(2)).
 */
export function comparedProjections({ roots }: Bisection): ComparedPairs {
  return (visit) => {
    for (const { numeric, claimed, count, spread } of roots) {
      const scale = Math.sqrt(count / VECTORS) / spread;
      visit(scale * numeric, scale * claimed);
    }
  };
}

/** Where every component was checked by itself, the vectors have nothing to add. */
function verdictOf({ verdict, components }: ParameterReport, passed: boolean): Verdict {
  if (verdict !== 'pass' || components.checked === components.total) return verdict;
  return passed ? 'pass' : 'inconclusive';
}

function describeDirections(bisection: Bisection, rule: VerdictRule): DirectionalReport {
  const { roots } = bisection;
  const least = roots.reduce((worst, root) => (shareOf(root, rule) > shareOf(worst, rule) ? root : worst));
  const agreed = roots.every((root) => shareOf(root, rule) <= 1);
  const explained = bisection.isExhaustive || roots.every((root) => bisection.residual(root) <= 1);
  const bounds = roots
    .map((root) => bisection.corrected(root))
    .flatMap((root) => (isTelling(root, rule) ? [projectionBound(root, rule)] : []));
  const certain = 2 * Math.min(...bounds);
  return {
    vectors: roots.length,
    maxDifference: toJsonNumber(Math.abs(least.numeric - least.claimed)),
    bound: toJsonNumber(projectionBound(least, rule)),
    agreed,
    explained,
    evaluations: bisection.evaluations,
    certain: toJsonNumber(certain),
    canMiss: canMiss(certain, explained),
  };
}

/** How far the two sides of a projection are apart, in bounds; infinite when it cannot be told. */
function shareOf(projection: Projection, rule: VerdictRule): number {
  const difference = Math.abs(projection.numeric - projection.claimed);
  if (difference === 0) return 0;
  const share = difference / projectionBound(projection, rule);
  return Number.isNaN(share) ? Number.POSITIVE_INFINITY : share;
}

function areTelling({ roots }: Bisection, rule: VerdictRule): boolean {
  return roots.every((root) => isTelling(root, rule));
}

function canMiss(certain: number, explained: boolean): string {
  const single = Number.isFinite(certain)
    ? `a single wrong component whose error is not over ${certain.toPrecision(2)}`
    : 'any error: no vector told anything';
  const missed = `${single}; several errors that cancel one another along all ${VECTORS} vectors (two of one size: 1 chance in ${2 ** VECTORS})`;
  return explained
    ? missed
    : `${missed}; and, as what disagrees is not explained by the components checked by themselves, further wrong components`;
}
