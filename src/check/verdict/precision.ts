import { Lazy } from '../../graph/lazy.ts';
import type { Dtype } from '../../tensors/tensor.ts';

/** How exactly a claimed gradient can be expected to be right. */
export interface Precision {
  /** What it was sent in, or computed in by its looks. */
  readonly dtype: Dtype;
  /** τ: the relative error that a component may have. */
  readonly tolerance: number;
  /** Errors below such a share of the parameter's largest component are that of computing in low precision. */
  readonly floor: number;
  /** Errors up to such a share of it may still be: a saturated loss amplifies them. */
  readonly gray: number;
  /** And so may errors up to this, in the gradient's units: behind a saturated layer little is left but rounding. */
  readonly least: number;
}

interface LowFormat {
  readonly tolerance: number;
  readonly floor: number;
  /** The unit roundoff. */
  readonly roundoff: number;
  /** How many roundings of the job's largest component may be left of a gradient that is 0. */
  readonly roundings: number;
  /** The most that rounding does to the smallest numbers; 0 where no gradient is as small as those. */
  readonly smallest: number;
}

/**
 * Of float16 and bfloat16 by their 11 and 8 bits, as of float32 by its 24: the floor is a tenth of the tolerance.
 * More roundings are left to float32, as they add up: the bias before a batch norm, whose gradient is 0, sums the
 * derivatives of a whole batch that cancel.
 */
const lowFormats: Readonly<Record<Exclude<Dtype, 'float64'>, LowFormat>> = {
  float32: { tolerance: 1e-4, floor: 1e-5, roundoff: 2 ** -24, roundings: 32, smallest: 0 },
  float16: { tolerance: 2e-3, floor: 2e-4, roundoff: 2 ** -11, roundings: 4, smallest: 2 ** -25 },
  bfloat16: { tolerance: 2e-2, floor: 2e-3, roundoff: 2 ** -8, roundings: 4, smallest: 0 },
};

/** How far a J computed in float64 may be from the service's, relative to max(1, |J|). */
const COST_TOLERANCE = 1e-8;

/** A gradient of fewer values that happen to be float32 numbers may be an exact one. */
const FEWEST = 8;

/**
 * The precision of one parameter's claimed gradient: that in which it was sent, and float32 also when all of its
 * values, or all of the job's, not too few, are float32 numbers.
 * @param tolerance the job's component tolerance
 */
export function precisionOf(
  dtype: Dtype,
  claimed: Float64Array,
  tolerance: number,
  job: ClaimedTraits = claimedTraits(claimed),
): Precision {
  const shown = dtype === 'float64' && (job.holdsFloat32 || holdsFloat32(claimed)) ? 'float32' : dtype;
  if (shown === 'float64') return { dtype: shown, tolerance, floor: 0, gray: 0, least: 0 };
  const format = lowFormats[shown];
  return {
    dtype: shown,
    tolerance: Math.max(tolerance, format.tolerance),
    floor: format.floor,
    gray: format.tolerance,
    least: Math.max(format.roundings * format.roundoff * job.largest.value, format.smallest),
  };
}

/** How far the client's J may be from the service's: it was computed as exactly as the best of its gradients. */
export function costTolerance(precisions: readonly Precision[]): number {
  const tolerances = precisions.map(({ dtype }) =>
    dtype === 'float64' ? COST_TOLERANCE : lowFormats[dtype].tolerance,
  );
  return tolerances.reduce((least, tolerance) => Math.min(least, tolerance), tolerances[0] ?? COST_TOLERANCE);
}

/** What the whole claimed gradient of a job says of its parts. */
export interface ClaimedTraits {
  readonly holdsFloat32: boolean;
  /** The largest finite magnitude: a pass over all components, which only low precision asks for. */
  readonly largest: Lazy<number>;
}

export function claimedTraits(claimed: Float64Array): ClaimedTraits {
  return { holdsFloat32: holdsFloat32(claimed), largest: new Lazy(() => largestMagnitude(claimed)) };
}

/** The largest finite magnitude; 0 of none. */
export function largestMagnitude(values: Float64Array): number {
  let largest = 0;
  for (let i = 0; i < values.length; i++) {
    const size = Math.abs(values[i]);
    if (size > largest && size < Number.POSITIVE_INFINITY) largest = size;
  }
  return largest;
}

/** Whether there are some values, and all of them are float32 numbers. */
function holdsFloat32(values: Float64Array): boolean {
  let nonzero = 0;
  for (let i = 0; i < values.length; i++) {
    if (values[i] === 0) continue;
    if (Math.fround(values[i]) !== values[i]) return false;
    nonzero++;
  }
  return nonzero >= FEWEST;
}
