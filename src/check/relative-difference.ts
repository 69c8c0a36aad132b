import { norm } from './norm.ts';

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
  const over = (term: (numeric: number, claimed: number) => number) =>
    norm((take) => pairs((numeric, claimed) => take(term(numeric, claimed))));
  const numericNorm = over((numeric) => numeric);
  const claimedNorm = over((_, claimed) => claimed);
  const scale = numericNorm + claimedNorm;
  const difference = over((numeric, claimed) => numeric - claimed);
  return { numericNorm, claimedNorm, relativeDifference: scale === 0 ? 0 : difference / scale };
}
