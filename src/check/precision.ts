import type { Dtype } from '../tensors/tensor.ts';

/** How exactly a claimed gradient can be expected to be right. */
export interface Precision {
  /** τ: the relative error that a component may have. */
  readonly tolerance: number;
  /** Errors below such a share of the parameter's largest component are that of computing in low precision. */
  readonly floor: number;
  /** Errors up to such a share of it may still be: a saturated loss amplifies them. */
  readonly gray: number;
  readonly isLow: boolean;
}

/** A gradient of fewer values that happen to be float32 numbers may be an exact one. */
const FEWEST = 8;

/**
 * The precision of one parameter's claimed gradient: float32 when it was sent as such, or when all of its values,
 * not too few, are float32 numbers.
 * @param tolerance the job's component tolerance
 */
export function precisionOf(dtype: Dtype, claimed: Float64Array, tolerance: number): Precision {
  if (dtype !== 'float32' && !holdsFloat32(claimed)) return { tolerance, floor: 0, gray: 0, isLow: false };
  return { tolerance: Math.max(tolerance, 1e-4), floor: 1e-5, gray: 1e-4, isLow: true };
}

function holdsFloat32(values: Float64Array): boolean {
  let nonzero = 0;
  for (let i = 0; i < values.length; i++) {
    if (values[i] === 0) continue;
    if (Math.fround(values[i]) !== values[i]) return false;
    nonzero++;
  }
  return nonzero >= FEWEST;
}
