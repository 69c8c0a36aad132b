import type { Method } from './settings.ts';

/** Two points θ + plus·h and θ + minus·h whose difference of J, over their distance, has this weight in the formula. */
export interface DifferencePair {
  readonly plus: number;
  readonly minus: number;
  readonly weight: number;
}

/**
 * Each formula as a weighted sum of difference quotients. Forward and backward: (J(θ±h) − J(θ))/±h; central:
 * (J(θ+h) − J(θ−h))/2h.
 */
export const differencePairs: Readonly<Record<Method, readonly DifferencePair[]>> = {
  forward: [{ plus: 1, minus: 0, weight: 1 }],
  backward: [{ plus: -1, minus: 0, weight: 1 }],
  central: [{ plus: 1, minus: -1, weight: 1 }],
};

/** Evaluations of J per component, the one at θ itself not counted. */
export function evaluationsPerComponent(method: Method): number {
  return differencePairs[method].reduce(
    (count, { plus, minus }) => count + (plus === 0 ? 0 : 1) + (minus === 0 ? 0 : 1),
    0,
  );
}

/** The automatic step 6e-6·max(1, |θᵢ|): about the cube root of the unit roundoff, the best for a central difference. */
const AUTO_STEP = 6e-6;

/** The step of one component: the number given, exactly, or the automatic one. */
export function stepOf(epsilon: number | 'auto', theta: number): number {
  return epsilon === 'auto' ? AUTO_STEP * Math.max(1, Math.abs(theta)) : epsilon;
}

/** Where a kink was crossed, the step is tried again times each of these in turn. */
export const RETRY_STEPS: readonly number[] = [1 / 8, 1 / 64, 1 / 512];
