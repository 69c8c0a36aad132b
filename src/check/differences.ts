import type { DifferenceMethod, Method } from './settings.ts';

/** Two points θ + plus·h and θ + minus·h whose difference of J, over their distance, has this weight in the formula. */
export interface DifferencePair {
  readonly plus: number;
  readonly minus: number;
  readonly weight: number;
}

/**
 * Each formula as a weighted sum of difference quotients. Forward and backward: (J(θ±h) − J(θ))/±h; central:
 * (J(θ+h) − J(θ−h))/2h; five-point: (8(J(θ+h) − J(θ−h)) − (J(θ+2h) − J(θ−2h)))/12h (Fornberg, Mathematics of
 * Computation 51, 1988, table 1).
 */
export const differencePairs: Readonly<Record<DifferenceMethod, readonly DifferencePair[]>> = {
  forward: [{ plus: 1, minus: 0, weight: 1 }],
  backward: [{ plus: -1, minus: 0, weight: 1 }],
  central: [{ plus: 1, minus: -1, weight: 1 }],
  'five-point': [
    { plus: 1, minus: -1, weight: 4 / 3 },
    { plus: 2, minus: -2, weight: -1 / 3 },
  ],
};

/** Evaluations of J per component, the one at θ itself not counted. */
export function evaluationsPerComponent(method: Method): number {
  if (method === 'complex-step') return 1;
  return differencePairs[method].reduce(
    (count, { plus, minus }) => count + (plus === 0 ? 0 : 1) + (minus === 0 ? 0 : 1),
    0,
  );
}

/** A complex evaluation without kernels takes about as long as so many pairs of real ones on them. */
const COMPLEX_WORK = 5;

/** The work of one component, in that of one pair of points. */
export function workPerComponent(method: Method): number {
  return method === 'complex-step' ? COMPLEX_WORK : differencePairs[method].length;
}

/**
 * The automatic step, times max(1, |θᵢ|). 6e-6 is about the cube root of the unit roundoff, the best for a central
 * difference. For five points the fifth root would be, 1e-3; a tenth of it stays well below what J varies over.
 */
const AUTO_STEP: Readonly<Record<DifferenceMethod, number>> = {
  forward: 6e-6,
  backward: 6e-6,
  central: 6e-6,
  'five-point': 1e-4,
};

/** The step of one component: the number given, exactly, or the automatic one. */
export function stepOf(epsilon: number | 'auto', method: DifferenceMethod, theta: number): number {
  return epsilon === 'auto' ? AUTO_STEP[method] * Math.max(1, Math.abs(theta)) : epsilon;
}

/** Where a kink was crossed, the step is tried again times each of these in turn. */
export const RETRY_STEPS: readonly number[] = [1 / 8, 1 / 64, 1 / 512];
