import type { Refinement } from '../sweep/refinement.ts';

/** What a check concluded of every component. The arrays are laid out as θ. */
export interface Conclusions {
  /** The numeric gradient; NaN where not checked. */
  readonly numeric: Float64Array;
  /** The difference above which each is called wrong. */
  readonly bounds: Float32Array;
  /** Verdict and flags of each, as `markOf` writes them. */
  readonly marks: Uint8Array;
  /** What each of `compareMethods` gives; 0 where not checked. */
  readonly compared: readonly Float64Array[];
  /** Those that were looked at again, by their number in θ. */
  readonly refinements: ReadonlyMap<number, Refinement>;
}

/** A bound as it is shown: no more digits than are kept of it. */
export function shownBound(bound: number): number {
  return Number(Math.fround(bound).toPrecision(6));
}
