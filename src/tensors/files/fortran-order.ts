import { type Shape, stridesOf } from '../tensor.ts';

/** Puts the values of a column-major tensor into row-major order. */
export function rowMajor(values: Float64Array, shape: Shape): Float64Array {
  if (shape.filter((length) => length > 1).length < 2) return values;
  const ordered = new Float64Array(values.length);
  const strides = stridesOf(shape);
  const index = new Array<number>(shape.length).fill(0);
  let target = 0;
  for (let i = 0; i < values.length; i++) {
    ordered[target] = values[i];
    // The next index, the first axis running fastest.
    for (let axis = 0; axis < shape.length; axis++) {
      target += strides[axis];
      index[axis]++;
      if (index[axis] < shape[axis]) break;
      target -= index[axis] * strides[axis];
      index[axis] = 0;
    }
  }
  return ordered;
}
