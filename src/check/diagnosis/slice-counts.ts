import { type Shape, stridesOf } from '../../tensors/tensor.ts';
import { indexAlong } from './index-along.ts';

/** For each axis, by index, how many components of a kind its slices hold. In one pass. */
export function countSlices(
  shape: Shape,
  size: number,
  isCounted: (component: number) => boolean,
): Uint32Array[] {
  const strides = stridesOf(shape);
  const counts = shape.map((length) => new Uint32Array(length));
  for (let i = 0; i < size; i++) {
    if (!isCounted(i)) continue;
    for (let axis = 0; axis < counts.length; axis++) {
      counts[axis][indexAlong(i, strides[axis], shape[axis])]++;
    }
  }
  return counts;
}

/** The indices of what is not 0. */
export function indicesOf(counts: Uint32Array): number[] {
  const found: number[] = [];
  for (const [index, count] of counts.entries()) if (count > 0) found.push(index);
  return found;
}
