import type { Kernels } from '../kernels/kernels.ts';

/** The memory that a job's numbers lie in, and what computes on it. All offsets are in float64s. */
export interface Heap {
  readonly floats: Float64Array;
  readonly kernels: Kernels;
  /** Where products of large matrices may be packed; `PACKING_FLOATS` long where a job needs it. */
  readonly packing: number;
}

/** The most that packing takes, whatever the sizes. */
export const PACKING_FLOATS = 100_000;
