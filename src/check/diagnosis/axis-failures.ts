import type { DiagnosedParameter } from './diagnosed-parameter.ts';
import { countSlices, indicesOf } from './slice-counts.ts';

/** Slices that a summary lists. */
const MOST_LISTED = 10;

/** How the failing components of a parameter lie along one axis: by row, by column, by channel. */
export interface AxisFailures {
  readonly axis: number;
  readonly slices: number;
  /** Slices that hold any failing component. */
  readonly failing: number;
  /** Those with the most failing components, then by index. */
  readonly worst: readonly { readonly index: number; readonly failed: number }[];
}

/** By axis of length 2 or more, for a parameter that has several. */
export function failuresByAxis(parameter: DiagnosedParameter): readonly AxisFailures[] {
  const { shape, failed } = parameter;
  if (shape.filter((length) => length > 1).length < 2) return [];
  return countSlices(shape, failed.length, (i) => failed[i] !== 0).flatMap((counts, axis) => {
    if (shape[axis] < 2) return [];
    const failing = indicesOf(counts).map((index) => ({ index, failed: counts[index] }));
    const worst = failing.toSorted((a, b) => b.failed - a.failed || a.index - b.index).slice(0, MOST_LISTED);
    return [{ axis, slices: shape[axis], failing: failing.length, worst }];
  });
}
