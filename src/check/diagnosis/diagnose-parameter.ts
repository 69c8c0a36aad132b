import type { ParameterDiagnosis } from './cause.ts';
import type { DiagnosedParameter } from './diagnosed-parameter.ts';
import { Evidence } from './evidence.ts';
import { bicOfNothing, type Fit, fitPrediction } from './fit.ts';
import { hypotheses } from './hypotheses.ts';
import type { Explanation, Hypothesis, Surroundings } from './hypothesis.ts';
import { notFinite } from './not-finite.ts';

/** A fact explains so much of the difference and of the claimed gradient, and this share of the failing components each for itself. */
const FACT_EXPLAINS = 0.99;
const FACT_COVERS = 0.9;
/** From here on a sentence does not say how much is explained. */
const WHOLE = 0.9995;
/** A hint, so much: random numbers now and then come to half. */
const HINT_EXPLAINS = 0.75;
const HINT_COVERS = 0.25;
/** A BIC better by more than this is very strong evidence (Kass and Raftery 1995, J. Am. Stat. Assoc. 90, p. 777). */
const VERY_STRONG = 10;
/** BICs closer than this tell nothing (as above). */
const INDISTINCT = 2;
/** Hints are told up to this many. */
const MOST_HINTS = 3;

interface RankedExplanation {
  readonly explanation: Explanation;
  readonly fit: Fit;
}

/**
 * Why one parameter fails, the best explanation first: one fact, or a few hints, or nothing. A parameter that does
 * not fail gets none.
 */
export function diagnoseParameter(
  parameter: DiagnosedParameter,
  surroundings: Surroundings,
  among: readonly Hypothesis[] = hypotheses,
): readonly ParameterDiagnosis[] {
  if (parameter.verdict !== 'fail') return [];
  const unusable = notFinite(parameter);
  const evidence = new Evidence(parameter);
  if (evidence.failing === 0) return unusable;
  const ranked = rank(
    evidence,
    among.flatMap((hypothesis) => hypothesis(evidence, surroundings)),
  );
  return [...unusable, ...tell(evidence, ranked)];
}

function rank(evidence: Evidence, explanations: readonly Explanation[]): readonly RankedExplanation[] {
  const nothing = bicOfNothing(evidence);
  return (
    explanations
      .filter(({ free }) => evidence.informative > 3 * free)
      .map((explanation) => ({ explanation, fit: fitPrediction(evidence, explanation) }))
      .filter(({ fit }) => isWorthTelling(fit) && nothing - fit.bic > VERY_STRONG)
      // Stable: of equals the first in the registry stays first.
      .sort((a, b) => a.fit.bic - b.fit.bic)
  );
}

function isWorthTelling({ explained, removed, met, covered }: Fit): boolean {
  return Math.min(explained, removed, met) >= HINT_EXPLAINS && covered >= HINT_COVERS;
}

function tell(evidence: Evidence, ranked: readonly RankedExplanation[]): ParameterDiagnosis[] {
  const told: ParameterDiagnosis[] = [];
  let left = ranked;
  while (left.length > 0 && told.length < MOST_HINTS) {
    const [best] = left;
    const isSame = ({ fit }: RankedExplanation) => fit.bic - best.fit.bic < INDISTINCT;
    const same = left.filter((other) => other !== best && isSame(other));
    told.push(describe(evidence, best, same));
    if (told[0].certainty === 'fact') break;
    left = left.filter((other) => !isSame(other));
  }
  return told;
}

function describe(
  evidence: Evidence,
  { explanation, fit }: RankedExplanation,
  same: readonly RankedExplanation[],
): ParameterDiagnosis {
  const { cause, free, message, readings = [] } = explanation;
  const isFact = Math.min(fit.explained, fit.met) >= FACT_EXPLAINS && fit.covered >= FACT_COVERS;
  const group = [
    ...readings,
    ...same.flatMap((other) => [other.explanation.message, ...(other.explanation.readings ?? [])]),
  ];
  return {
    cause,
    explained: fit.explained,
    free,
    certainty: isFact ? 'fact' : 'hint',
    group: [...new Set(group)].filter((reading) => reading !== message),
    message: sentence(message, readings, isFact, fit.explained, evidence.failing),
  };
}

function sentence(
  message: string,
  readings: readonly string[],
  isFact: boolean,
  explained: number,
  failing: number,
): string {
  const why = readings.length === 0 ? '' : ` (${readings.join(', or ')})`;
  // Rounded down: what is not all must not read 100 %.
  const share = `that explains ${Math.floor(1000 * explained) / 10} % of the difference`;
  if (!isFact) return `Perhaps ${message}${why}: ${share} in ${failing} failing components.`;
  return explained < WHOLE ? `${message}${why}; ${share}.` : `${message}${why}.`;
}
