import { type JsonNumber, toJsonNumber } from '../../tensors/json-number.ts';
import type { CheckSettings, Method } from '../settings.ts';

/** What another method than the check's own gives of one component. */
export interface MethodValue {
  readonly method: Method;
  readonly numeric: JsonNumber;
}

/**
 * Of one component, by every method that is compared; undefined where none is.
 * @param compared by each of `compareMethods`
 * @param at where the component is in them
 */
export function methodValues(
  { compareMethods }: CheckSettings,
  compared: readonly Float64Array[],
  at: number,
): readonly MethodValue[] | undefined {
  return compareMethods?.map((method, m) => ({ method, numeric: toJsonNumber(compared[m][at]) }));
}
