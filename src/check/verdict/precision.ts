import type { Dtype } from '../../tensors/tensor.ts';

/** How exactly a claimed gradient can be expected to be right. */
export interface Precision {
  /** τ: the relative error that a component may have. */
  readonly tolerance: number;
  /** Errors below such a share of the parameter's largest component are that of computing in low precision. */
  readonly floor: number;
  /** Errors up to such a share of it may still be: a saturated loss amplifies them. */
  readonly gray: number;
  /** And so may errors up to this, in the gradient's units: behind a saturated layer little is left but rounding. */
  readonly least: number;
  readonly isLow: boolean;
}

/** The unit roundoff of float32. */
const FLOAT32_ROUNDOFF = 2 ** -24;

/** A gradient of fewer values that happen to be float32 numbers may be an exact one. */
const FEWEST = 8;

/**
 * The precision of one parameter's claimed gradient: float32 when it was sent as such, or when all of its values, or
 * all of the job's, not too few, are float32 numbers.
 * @param tolerance the job's component tolerance
 */
export function precisionOf(
  dtype: Dtype,
  claimed: Float64Array,
  tolerance: number,
  job: ClaimedTraits = { holdsFloat32: false, largest: 0 },
): Precision {
  if (dtype !== 'float32' && !job.holdsFloat32 && !holdsFloat32(claimed))
    return { tolerance, floor: 0, gray: 0, least: 0, isLow: false };
  const least = 4 * FLOAT32_ROUNDOFF * job.largest;
  return { tolerance: Math.max(tolerance, 1e-4), floor: 1e-5, gray: 1e-4, least, isLow: true };
}

/** What the whole claimed gradient of a job says of its parts. */
export interface ClaimedTraits {
  readonly holdsFloat32: boolean;
  /** The largest finite magnitude. */
  readonly largest: number;
}

export function claimedTraits(claimed: Float64Array): ClaimedTraits {
  return { holdsFloat32: holdsFloat32(claimed), largest: largestMagnitude(claimed) };
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
