import { Norm } from './norm.ts';

/** The seed formula's parts, over some components. */
export interface RelativeDifference {
  readonly numericNorm: number;
  readonly claimedNorm: number;
  /** ‖numeric − claimed‖₂ / (‖numeric‖₂ + ‖claimed‖₂); 0 when both are exactly 0. */
  readonly relativeDifference: number;
}

/** Hands every pair of values that are held against each other to its callback, in order. */
export type ComparedPairs = (visit: (numeric: number, claimed: number) => void) => void;

export function relativeDifference(pairs: ComparedPairs): RelativeDifference {
  const [ofNumeric, ofClaimed, ofDifference] = [new Norm(), new Norm(), new Norm()];
  pairs((numeric, claimed) => {
    ofNumeric.add(numeric);
    ofClaimed.add(claimed);
    ofDifference.add(numeric - claimed);
  });
  const [numericNorm, claimedNorm] = [ofNumeric.value(), ofClaimed.value()];
  const scale = numericNorm + claimedNorm;
  return {
    numericNorm,
    claimedNorm,
    relativeDifference: scale === 0 ? 0 : ofDifference.value() / scale,
  };
}
