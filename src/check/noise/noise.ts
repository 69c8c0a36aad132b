/** The unit roundoff of float64. */
export const UNIT_ROUNDOFF = 2 ** -53;

/** How far rounding moves an evaluation of J near θ. Both are of the size of J. */
export interface Noise {
  /** Standard deviation of the rounding errors, as measured: the largest of the parameters'. */
  readonly deviation: number;
  /** S: the scale of the numbers that enter the last subtraction of the cost, summed as J is. */
  readonly scale: number;
}

/**
 * η: the absolute error of one evaluation of J. The measured deviation, but no less than one rounding of the numbers
 * that J is the difference of: a measurement along one direction can miss what another sees. Infinite where J is
 * not finite near θ, so that nothing is concluded there.
 */
export function evaluationError({ deviation, scale }: Noise): number {
  const error = Math.max(deviation, UNIT_ROUNDOFF * scale);
  return Number.isNaN(error) ? Number.POSITIVE_INFINITY : error;
}

/** η/S, the relative error of an evaluation; one rounding where J is 0 all over. */
export function relativeNoise(noise: Noise): number {
  const ratio = evaluationError(noise) / noise.scale;
  return Number.isFinite(ratio) ? ratio : UNIT_ROUNDOFF;
}

/** Rounding errors stay within so many η: of two evaluations, at four standard deviations each. */
const SAFETY = 8;

/**
 * What rounding can have done to a difference quotient.
 * @param roundoff c of the method: how many η over h its formula adds up; 0 where it takes no difference
 */
export function roundingBound(error: number, roundoff: number, step: number): number {
  return error === 0 || roundoff === 0 ? 0 : (SAFETY * error * roundoff) / step;
}
