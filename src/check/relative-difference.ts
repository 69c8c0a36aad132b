import { Norm } from './norm.ts';

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
  const [ofNumeric, ofClaimed, ofDifference] = [new Norm(), new Norm(), new Norm()];
  components((component) => {
    ofNumeric.add(numeric[component]);
    ofClaimed.add(claimed[component]);
    ofDifference.add(numeric[component] - claimed[component]);
  });
  const [numericNorm, claimedNorm] = [ofNumeric.value(), ofClaimed.value()];
  const scale = numericNorm + claimedNorm;
  return {
    numericNorm,
    claimedNorm,
    relativeDifference: scale === 0 ? 0 : ofDifference.value() / scale,
  };
}
