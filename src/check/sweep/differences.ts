import type { CheckSettings, Method } from '../settings.ts';

/** Two points θ + plus·h and θ + minus·h whose difference of J, over their distance, has this weight in the formula. */
export interface DifferencePair {
  readonly plus: number;
  readonly minus: number;
  readonly weight: number;
}

/** A formula for derivatives, and what is known of its errors. */
export interface Difference {
  /** The formula as a weighted sum of difference quotients; none for complex-step, which takes no difference. */
  readonly pairs: readonly DifferencePair[];
  /** c: rounding moves the quotient by up to c·η/h, η being the error of one evaluation. */
  readonly roundoff: number;
  /** The best step relative to max(1, |θᵢ|), by the relative error η/S of an evaluation. */
  readonly autoStep: (relativeNoise: number) => number;
  /** Above such a step, relative to max(1, |θᵢ|), the formula's own error cannot be taken for small. */
  readonly coarse: number;
}

/**
 * Steps minimise truncation plus rounding, the derivatives of J being taken for as large as S: M₂h/2 + 2η/h for the
 * one-sided formulas, M₃h²/6 + η/h for the central one (Nocedal and Wright, Numerical Optimization, §8.1). For five
 * points, M₅h⁴/30 + 1.5η/h (Fornberg, Mathematics of Computation 51, 1988, table 1), a tenth of that step is taken: it
 * would be so large that J seldom behaves like its first terms over it. Complex-step errs by M₃h²/6 alone.
 */
export const differences: Readonly<Record<Method, Difference>> = {
  forward: {
    pairs: [{ plus: 1, minus: 0, weight: 1 }],
    roundoff: 2,
    autoStep: (noise) => clip(Math.sqrt(4 * noise), 1e-8, 1e-5),
    coarse: 1e-6,
  },
  backward: {
    pairs: [{ plus: -1, minus: 0, weight: 1 }],
    roundoff: 2,
    autoStep: (noise) => clip(Math.sqrt(4 * noise), 1e-8, 1e-5),
    coarse: 1e-6,
  },
  central: {
    pairs: [{ plus: 1, minus: -1, weight: 1 }],
    roundoff: 1,
    autoStep: (noise) => clip(Math.cbrt(3 * noise), 1e-6, 1e-4),
    coarse: 1e-4,
  },
  'five-point': {
    pairs: [
      { plus: 1, minus: -1, weight: 4 / 3 },
      { plus: 2, minus: -2, weight: -1 / 3 },
    ],
    roundoff: 1.5,
    autoStep: (noise) => clip((11.25 * noise) ** (1 / 5) / 10, 1e-5, 1e-3),
    coarse: 1e-3,
  },
  'complex-step': { pairs: [], roundoff: 0, autoStep: () => 1e-20, coarse: 1e-4 },
};

/** The step of one component: the number given, exactly, or the automatic one. */
export function stepOf(
  method: Method,
  epsilon: number | 'auto',
  theta: number,
  relativeNoise: number,
): number {
  if (epsilon !== 'auto') return epsilon;
  return differences[method].autoStep(relativeNoise) * Math.max(1, Math.abs(theta));
}

/**
 * The step of a method that is shown beside others. One that was given is meant for differences: complex-step, which
 * takes none, has its own.
 */
export function comparedStep(
  method: Method,
  epsilon: number | 'auto',
  theta: number,
  relativeNoise: number,
): number {
  return stepOf(method, method === 'complex-step' ? 'auto' : epsilon, theta, relativeNoise);
}

/** Whether a step was given that is so large that the formula's own error is in doubt for any component. */
export function isCoarse({ method, epsilon }: CheckSettings): boolean {
  return epsilon !== 'auto' && epsilon > differences[method].coarse;
}

/** Evaluations of J per component, the one at θ itself not counted. */
export function evaluationsPerComponent(method: Method): number {
  if (method === 'complex-step') return 1;
  return differences[method].pairs.reduce(
    (count, { plus, minus }) => count + (plus === 0 ? 0 : 1) + (minus === 0 ? 0 : 1),
    0,
  );
}

/** A complex evaluation without kernels takes about as long as so many pairs of real ones on them. */
const COMPLEX_WORK = 5;

/** The work of one component, in that of one pair of points. */
export function workPerComponent(method: Method): number {
  return method === 'complex-step' ? COMPLEX_WORK : differences[method].pairs.length;
}

/** Where a kink was crossed, the step is tried again times each of these in turn. */
export const RETRY_STEPS: readonly number[] = [1 / 8, 1 / 64, 1 / 512];

function clip(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, value));
}
