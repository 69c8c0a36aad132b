import { norm } from './norm.ts';

/** The seed formula's parts, over some components. */
export interface RelativeDifference {
  readonly numericNorm: number;
  readonly claimedNorm: number;
  /** ‖numeric − claimed‖₂ / (‖numeric‖₂ + ‖claimed‖₂); 0 when both are exactly 0. */
  readonly relativeDifference: number;
}

/** @param components hands every component to be counted, in order, to its callback */
export function relativeDifference(
  numeric: Float64Array,
  claimed: Float64Array,
  components: (visit: (component: number) => void) => void,
): RelativeDifference {
  const over = (term: (component: number) => number) =>
    norm((take) => components((component) => take(term(component))));
  const numericNorm = over((component) => numeric[component]);
  const claimedNorm = over((component) => claimed[component]);
  const scale = numericNorm + claimedNorm;
  const difference = over((component) => numeric[component] - claimed[component]);
  return { numericNorm, claimedNorm, relativeDifference: scale === 0 ? 0 : difference / scale };
}
