/** The unit roundoff of float64. */
export const UNIT_ROUNDOFF = 2 ** -53;

/**
 * How far rounding moves the change of J with one parameter. Both are of the size of what the parameter moves of J: a
 * bias does not feel the rounding of a large penalty on the weights.
 */
export interface Noise {
  /** Standard deviation of the rounding errors, as measured. */
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

/** Nothing is moved, so nothing is rounded. */
export const NO_NOISE: Noise = { deviation: 0, scale: 0 };

/**
 * The noise that each parameter is taken to have by what was measured along one direction for each. A direction can
 * miss noise that another one sees, so every parameter has the largest deviation of all – as far as it can have it:
 * relative to the scale, no more than where it was seen.
 */
export function sharedNoise(measured: readonly Noise[]): Noise[] {
  return measured.map(({ scale }) => ({
    scale,
    deviation: measured.reduce((most, other) => {
      const seen = other.scale === 0 ? 0 : Math.min(other.deviation, (other.deviation / other.scale) * scale);
      // NaN stays once it is met.
      return Math.max(most, seen);
    }, 0),
  }));
}

/** The largest error of an evaluation, by whatever parameter. */
export function largestNoise(noise: readonly Noise[]): Noise {
  return noise.reduce(
    (most, each) => (evaluationError(each) > evaluationError(most) ? each : most),
    NO_NOISE,
  );
}

/** The smallest of some. */
export function smallestNoise(noise: readonly Noise[]): Noise {
  return noise.reduce((least, each) => (evaluationError(each) < evaluationError(least) ? each : least));
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
