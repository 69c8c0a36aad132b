import { type Shape, stridesOf } from '../../tensors/tensor.ts';
import { axisName } from './axis-name.ts';
import type { AxisSlices } from './cause.ts';

/** The components that lie in all of these slices, ascending if the indices are. */
export function componentsOf(shape: Shape, slices: readonly AxisSlices[]): Int32Array {
  const strides = stridesOf(shape);
  let found = Int32Array.of(0);
  shape.forEach((length, axis) => {
    const indices =
      slices.find((slice) => slice.axis === axis)?.indices ?? Array.from({ length }, (_, index) => index);
    const longer = new Int32Array(found.length * indices.length);
    for (let i = 0; i < found.length; i++) {
      for (let j = 0; j < indices.length; j++) {
        longer[i * indices.length + j] = found[i] + indices[j] * strides[axis];
      }
    }
    found = longer;
  });
  return found;
}

/** How many numbers it takes to say which slices these are. */
export function freeSlices(shape: Shape, slices: readonly AxisSlices[]): number {
  return slices.reduce((sum, { axis, indices }) => sum + freeIndices(indices, shape[axis]), 0);
}

/** One for a single index or a range from an end, two for another range, else each index its own. */
function freeIndices(indices: readonly number[], length: number): number {
  const [first] = indices;
  const last = indices[indices.length - 1];
  if (indices.length === 1) return 1;
  if (last - first + 1 > indices.length) return indices.length;
  return first === 0 || last === length - 1 ? 1 : 2;
}

/** `row 2`, `rows 0–3`, `column 1 in rows 2, 5`. */
export function describeSlices(rank: number, slices: readonly AxisSlices[]): string {
  return slices
    .toReversed()
    .map(({ axis, indices }) => {
      const { one, many } = axisName(rank, axis);
      return `${indices.length === 1 ? one : many} ${describeIndices(indices)}`;
    })
    .join(' in ');
}

/** Ranges and indices that a sentence names. */
const MOST_NAMED = 6;

function describeIndices(indices: readonly number[]): string {
  const ranges: [first: number, last: number][] = [];
  for (const index of indices) {
    const range = ranges.at(-1);
    if (range !== undefined && range[1] === index - 1) range[1] = index;
    else ranges.push([index, index]);
  }
  const named = ranges
    .slice(0, MOST_NAMED)
    .map(([first, last]) => (first === last ? `${first}` : `${first}–${last}`));
  return ranges.length > MOST_NAMED ? `${named.join(', ')} …` : named.join(', ');
}
