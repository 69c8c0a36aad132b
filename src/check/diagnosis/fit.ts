import { sumOver } from './blocked-sum.ts';
import type { Evidence } from './evidence.ts';

/** What a claimed component would be under a hypothesis; NaN where that cannot be said. */
export type Prediction = (component: number) => number;

/** How well a prediction meets the claimed gradient. */
export interface Fit {
  /** Share of the squared difference removed; what is left within the bounds counts as removed. */
  readonly explained: number;
  /** The same without that allowance. */
  readonly removed: number;
  /** Share of ‖claimed‖² that is met. With claimed values near 0 nearly any small prediction explains the difference. */
  readonly met: number;
  /** Share of the failing components that it explains, each for itself. */
  readonly covered: number;
  /** Bayesian information criterion; the smaller the better. */
  readonly bic: number;
}

/** A failing component counts as explained when no more than this is left, of its difference and of its claimed value. */
const COMPONENT_LEFT = 0.1;
/** On the components tried first a hypothesis must explain so much to be tried on all. */
const PROMISING = 0.5;

/** A prediction as it is to be fitted. */
export interface Fitted {
  readonly predict: Prediction;
  /** Numbers that were fitted to the difference. */
  readonly free: number;
  /** How far an error of a numeric component is amplified in the prediction; 1 if not given. */
  readonly gain?: number;
  /** The components predicted otherwise than as their numeric values; all if not given. Every failing one is among them. */
  readonly within?: Int32Array;
  /** The components whose prediction is known, if it is not all: the failing and the agreeing ones stand for the others of their kind. */
  readonly known?: Int32Array;
}

export function fitPrediction(evidence: Evidence, fitted: Fitted): Fit {
  return fitted.known === undefined ? fitAll(evidence, fitted) : fitSample(evidence, fitted, fitted.known);
}

/** Adds up what is left beyond the bounds, what is left, what there was, and the failing components explained. */
function adding(evidence: Evidence, { predict, gain = 1 }: Fitted) {
  const { claimed, bound, failed } = evidence.parameter;
  return (i: number, sums: Float64Array, weight = 1) => {
    if (!evidence.isUsable(i)) return;
    const difference = evidence.differenceAt(i);
    const predicted = predict(i);
    if (Number.isNaN(predicted) && failed[i] === 0) return;
    const residual = Number.isNaN(predicted) ? Math.abs(difference) : Math.abs(claimed[i] - predicted);
    const allowed = gain * bound(i);
    sums[0] += weight * Math.max(0, residual - allowed) ** 2;
    sums[1] += weight * residual * residual;
    sums[2] += weight * difference * difference;
    const scale = Math.min(Math.abs(difference), Math.abs(claimed[i]));
    const isExplained = residual <= Math.max(allowed, COMPONENT_LEFT * scale);
    if (failed[i] !== 0 && isExplained && !Number.isNaN(predicted)) sums[3] += weight;
  };
}

function fitSample(evidence: Evidence, fitted: Fitted, known: Int32Array): Fit {
  const { failed } = evidence.parameter;
  const failing = known.reduce((count, i) => count + failed[i], 0);
  const forFailing = evidence.failing / failing;
  const forAgreeing = (evidence.usable - evidence.failing) / (known.length - failing);
  const add = adding(evidence, fitted);
  const [beyondBound, left, all, covered] = sumOver(known.length, 4, (position, sums) => {
    const i = known[position];
    add(i, sums, failed[i] !== 0 ? forFailing : forAgreeing);
  });
  return {
    explained: 1 - beyondBound / all,
    removed: 1 - left / all,
    met: beyondBound === 0 ? 1 : 1 - beyondBound / evidence.claimedSquare,
    covered: covered / evidence.failing,
    bic: bic(evidence, beyondBound, fitted.free),
  };
}

function fitAll(evidence: Evidence, fitted: Fitted): Fit {
  const { free, within } = fitted;
  const add = adding(evidence, fitted);
  const [beyondBound, left, touched, covered] =
    within === undefined
      ? sumOver(evidence.size, 4, add)
      : sumOver(within.length, 4, (position, sums) => add(within[position], sums));
  // What is not within agrees, so that nothing of it is beyond its bound.
  const untouched = within === undefined ? 0 : Math.max(0, evidence.difference - touched);
  return {
    explained: 1 - beyondBound / evidence.difference,
    removed: 1 - (left + untouched) / evidence.difference,
    met: beyondBound === 0 ? 1 : 1 - beyondBound / evidence.claimedSquare,
    covered: covered / evidence.failing,
    bic: bic(evidence, beyondBound, free),
  };
}

/** BIC of the hypothesis that nothing is wrong. */
export function bicOfNothing(evidence: Evidence): number {
  return bic(evidence, evidence.difference, 0);
}

/** n·ln(RSS/n) + k·ln n (Schwarz 1978, Ann. Statist. 6(2)); RSS never falls below what the bounds leave open. */
function bic({ informative, noise }: Evidence, residual: number, free: number): number {
  const squares = Math.max(residual + noise, Number.MIN_VALUE);
  return informative * Math.log(squares / informative) + free * Math.log(informative);
}

/** Whether a prediction does well enough on the components tried first to be tried on all. */
export function isPromising(evidence: Evidence, predict: Prediction): boolean {
  const { claimed } = evidence.parameter;
  const { failing, agreeing } = evidence.weights;
  let left = 0;
  let all = 0;
  for (const i of evidence.sample) {
    const difference = evidence.differenceAt(i);
    const residual = claimed[i] - predict(i);
    left += failing * (Number.isNaN(residual) ? difference : residual) ** 2;
    all += failing * difference * difference;
  }
  for (const i of evidence.agreeing) {
    const residual = claimed[i] - predict(i);
    if (!Number.isNaN(residual)) left += agreeing * residual * residual;
  }
  return left <= (1 - PROMISING) * all;
}

/**
 * What a direction v must be multiplied with to come nearest to claimed − numeric, ⟨difference, v⟩/⟨v, v⟩, over the
 * failing components tried first; not finite where v is 0.
 */
export function nearestMultiple(evidence: Evidence, direction: Prediction): number {
  const { sample } = evidence;
  const [product, square] = sumOver(sample.length, 2, (position, sums) => {
    const i = sample[position];
    const along = direction(i);
    sums[0] += evidence.differenceAt(i) * along;
    sums[1] += along * along;
  });
  return product / square;
}

/** The same, but undefined when that multiple explains little of the difference. */
export function coefficientOf(evidence: Evidence, direction: Prediction): number | undefined {
  const { numeric } = evidence.parameter;
  const coefficient = nearestMultiple(evidence, direction);
  const predict: Prediction = (i) => numeric[i] + coefficient * direction(i);
  return Number.isFinite(coefficient) && isPromising(evidence, predict) ? coefficient : undefined;
}
