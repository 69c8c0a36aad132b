/** Lengths of the axes, outermost first; `[]` is a scalar. */
export type Shape = readonly number[];

/** The precision in which a tensor's numbers were written by whoever sent it. */
export type Dtype = 'float64' | 'float32' | 'float16' | 'bfloat16';

/** A dense row-major tensor. Its values are float64 whatever `dtype` it came in. */
export interface Tensor {
  readonly shape: Shape;
  readonly dtype: Dtype;
  readonly values: Float64Array;
}

/** The number of entries of a tensor of this shape. */
export function sizeOf(shape: Shape): number {
  let size = 1;
  for (const length of shape) size *= length;
  return size;
}

export function tensor(shape: Shape, values: ArrayLike<number>, dtype: Dtype = 'float64'): Tensor {
  return { shape, dtype, values: Float64Array.from(values) };
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((length, axis) => length === b[axis]);
}

/** `[3,4]`, as shapes are written in messages. */
export function formatShape(shape: Shape): string {
  return `[${shape.join(',')}]`;
}

/** The multi-index of the `flat`-th entry in row-major order. */
export function unravel(flat: number, shape: Shape): number[] {
  const index = new Array<number>(shape.length);
  let rest = flat;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    index[axis] = rest % shape[axis];
    rest = Math.floor(rest / shape[axis]);
  }
  return index;
}

/** Row-major strides, in entries. */
export function stridesOf(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = stride;
    stride *= shape[axis];
  }
  return strides;
}
