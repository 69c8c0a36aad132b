import { toJsonNumber } from '../../tensors/json-number.ts';
import type { ReportedParameter } from '../report/parameter-report.ts';
import type { DirectionalReport, ParameterReport, Verdict } from '../report/report.ts';
import { shownBound } from '../verdict/conclusions.ts';
import { norm } from '../verdict/norm.ts';
import { Comparison, type RelativeDifference } from '../verdict/relative-difference.ts';
import type { Bisection } from './bisection.ts';
import {
  isTelling,
  numericError,
  type Projection,
  type ProjectionRule,
  projectionBound,
  VECTORS,
} from './projection.ts';

/**
 * Completes the report of a parameter that was checked along directions.
 * @param ofChecked what is known of the components that were checked by themselves
 */
export function reportDirections(ofChecked: ReportedParameter, bisection: Bisection): ReportedParameter {
  const { roots } = bisection;
  const corrected = roots.map((root) => bisection.corrected(root));
  const detectable = smallestDetectable(corrected, bisection.rule);
  const directional = describeDirections(bisection, detectable);
  const norms = compareProjections(bisection);
  const report: ParameterReport = {
    ...ofChecked.report,
    verdict: verdictOf(ofChecked.report, directional.explained && corrected.every(isTelling)),
    relativeDifference: toJsonNumber(norms.relativeDifference),
    detectable: toJsonNumber(shownBound(detectable)),
    claimedNorm: toJsonNumber(norms.claimedNorm),
    numericNorm: toJsonNumber(norms.numericNorm),
    directional,
  };
  const roundingNorm = norm((take) => {
    for (const root of roots) take(shareOfNorm(root) * numericError(root));
  });
  return { ...ofChecked, report, norms, roundingNorm };
}

/**
 * What is compared of such a parameter: its projections, so scaled that ‖…‖₂ over them is an estimate of the norm
 * over the components: the mean of ⟨g,v⟩² over all ±1 vectors v is ‖g‖² (Hutchinson 1990, Commun. Stat. Simul.
 * Comput. 19(2)).
 */
function compareProjections({ roots }: Bisection): RelativeDifference {
  const comparison = new Comparison();
  for (const root of roots)
    comparison.add(shareOfNorm(root) * root.numeric, shareOfNorm(root) * root.claimed);
  return comparison.result();
}

/** What a projection is multiplied by to be one of VECTORS terms of a norm, whatever the steps of its components. */
function shareOfNorm({ count, spread }: Projection): number {
  return Math.sqrt(count / VECTORS) / spread;
}

/**
 * Where every component was checked by itself, the vectors have nothing to add. Otherwise they must agree, but for
 * what comes from components that have passed by themselves: a subgradient at a kink, say.
 */
function verdictOf({ verdict, components }: ParameterReport, passed: boolean): Verdict {
  if (verdict !== 'pass' || components.checked === components.total) return verdict;
  return passed ? 'pass' : 'inconclusive';
}

function describeDirections(bisection: Bisection, detectable: number): DirectionalReport {
  const { roots, rule } = bisection;
  const least = roots.reduce((worst, root) => (shareOf(root, rule) > shareOf(worst, rule) ? root : worst));
  const explained = bisection.isExhaustive || roots.every((root) => bisection.residual(root) <= 1);
  return {
    vectors: roots.length,
    maxDifference: toJsonNumber(Math.abs(least.numeric - least.claimed)),
    bound: toJsonNumber(shownBound(projectionBound(least, rule))),
    agreed: roots.every((root) => shareOf(root, rule) <= 1),
    explained,
    evaluations: bisection.evaluations,
    canMiss: canMiss(detectable, explained, roots.filter(({ crossed }) => crossed).length),
  };
}

/** How far the two sides of a projection are apart, in bounds; infinite when it cannot be told. */
function shareOf(projection: Projection, rule: ProjectionRule): number {
  const difference = Math.abs(projection.numeric - projection.claimed);
  if (difference === 0) return 0;
  const share = difference / projectionBound(projection, rule);
  return Number.isNaN(share) ? Number.POSITIVE_INFINITY : share;
}

/**
 * A single wrong component shows in every vector with its error at least, but for what the numeric side may be off,
 * which is within the bound: twice the bound of any one vector is certain to show.
 */
function smallestDetectable(corrected: readonly Projection[], rule: ProjectionRule): number {
  return 2 * Math.min(...corrected.filter(isTelling).map((root) => projectionBound(root, rule)));
}

/** @param crossed vectors that cross a kink with every step */
function canMiss(detectable: number, explained: boolean, crossed: number): string {
  const single = Number.isFinite(detectable)
    ? `a single wrong component whose error is not over ${detectable.toPrecision(2)}`
    : 'any error: no vector told anything';
  const missed = `${single}; several errors that cancel one another along all ${VECTORS} vectors (two of one size: 1 chance in ${2 ** VECTORS})`;
  const beside =
    crossed === 0
      ? missed
      : `${missed}; and, as ${crossed} of ${VECTORS} vectors cross a kink with every step, an error that stays between the slopes of its sides`;
  return explained
    ? beside
    : `${beside}; and, as what disagrees is not explained by the components checked by themselves, further wrong components`;
}
