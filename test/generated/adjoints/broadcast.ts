import { type Shape, sizeOf, stridesOf, unravel } from '../../../src/tensors/tensor.ts';

/** For each entry of `to` the entry of `from` that NumPy's broadcasting takes. */
export function broadcastPlaces(from: Shape, to: Shape): number[] {
  const strides = stridesOf(from);
  const skipped = to.length - from.length;
  return Array.from({ length: sizeOf(to) }, (_, i) =>
    unravel(i, to).reduce(
      (place, index, axis) =>
        axis < skipped || from[axis - skipped] === 1 ? place : place + index * strides[axis - skipped],
      0,
    ),
  );
}
