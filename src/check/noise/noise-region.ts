import { FREE, type Region } from '../../graph/region.ts';
import { type Shape, sizeOf } from '../../tensors/tensor.ts';

/** So many components are moved together at most; of a larger parameter, those at one index of its first axes. */
const MOST_MOVED = 2 ** 12;

/** What is moved of a parameter when the noise along it is measured. */
export function noiseRegion(shape: Shape): Region {
  let left = sizeOf(shape);
  const fixed = shape.map((length, axis) => {
    if (left <= MOST_MOVED || length === 1) return FREE;
    left /= length;
    return axis;
  });
  return { shape, fixed };
}
