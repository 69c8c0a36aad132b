import { ShapeError } from '../../graph/op.ts';
import { broadcastShapes } from '../../graph/ops/broadcast.ts';
import { formatShape, sizeOf } from '../../tensors/tensor.ts';
import type { Emitter } from './emitter.ts';
import { Refusal } from './expression-faults.ts';
import type { TensorValue } from './value.ts';

/** Matrices stacked along leading axes: the op keeps a list of them. */
const mostStacked = 2 ** 20;

/**
 * `left @ right` as NumPy has it, matrices stacked along leading axes included.
 * @throws ShapeError, Refusal when the shapes do not fit or the product is too large.
 */
export function matrixProduct(emit: Emitter, left: TensorValue, right: TensorValue): TensorValue {
  const [a, b] = [left.shape, right.shape];
  if (a.length === 0 || b.length === 0) {
    throw new ShapeError(
      `a matrix product takes no scalars (shapes ${formatShape(a)} and ${formatShape(b)}): write *`,
    );
  }
  const stacked = broadcastShapes('matmul', [a.slice(0, -2), b.slice(0, -2)]);
  if (sizeOf(stacked) > mostStacked) {
    throw new Refusal(
      `a matrix product may have at most ${mostStacked} stacked matrices, not ${formatShape(stacked)}`,
    );
  }
  return emit.apply('matmul', [left, right]);
}
