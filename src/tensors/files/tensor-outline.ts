import type { Shape } from '../tensor.ts';

/** What a file says of a float64 tensor before its values. */
export interface TensorOutline {
  readonly name: string;
  readonly shape: Shape;
}

/** Gives the values of a tensor piece by piece, row-major: as many as its shape says. */
export type TensorValues = (tensor: TensorOutline) => AsyncIterable<Float64Array>;
