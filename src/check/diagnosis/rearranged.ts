import type { Cause } from './cause.ts';
import type { Evidence } from './evidence.ts';
import { isPromising, type Prediction } from './fit.ts';
import type { Explanation } from './hypothesis.ts';
import type { IndexMap } from './index-map.ts';

/** The explanation that the right numbers stand in other places, if the components tried first agree. */
export function rearranged(evidence: Evidence, from: IndexMap, cause: Cause, message: string): Explanation[] {
  const { numeric } = evidence.parameter;
  const predict: Prediction = (i) => {
    const source = from(i);
    return source < 0 ? 0 : numeric[source];
  };
  return isPromising(evidence, predict) ? [{ cause, predict, free: 0, message }] : [];
}
