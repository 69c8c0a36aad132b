import { formatShape, sizeOf } from '../../tensors/tensor.ts';
import type { Emitter } from './emitter.ts';
import { Refusal } from './expression-faults.ts';
import type { TensorValue } from './value.ts';

/**
 * The entries of x at `indices` along one axis, as `x[:, indices]` has it: the index's axes take that axis's place.
 * @throws Refusal when an index is none of the axis.
 */
export function takeAlong(emit: Emitter, x: TensorValue, axis: number, indices: TensorValue): TensorValue {
  const chosen = checkIndices(emit, indices, x.shape[axis]);
  const before = sizeOf(x.shape.slice(0, axis));
  const after = sizeOf(x.shape.slice(axis + 1));
  const count = sizeOf(indices.shape);
  // `pick` takes one entry of each line, so every line stands there once for each index.
  const lines = emit.broadcastTo(emit.reshape(x, [before, 1, x.shape[axis], after]), [
    before,
    count,
    x.shape[axis],
    after,
  ]);
  const places = emit.broadcastTo(emit.reshape(chosen, [1, count, 1]), [before, count, after]);
  const taken = emit.apply('pick', [lines, places], { axis: 2 });
  return emit.reshape(taken, x.shape.toSpliced(axis, 1, ...indices.shape));
}

/**
 * `x[first, second]` on two neighbouring axes, `axis` and the one behind it, with two vectors of indices, or single ones.
 * @throws Refusal when they differ in length or an index is none of its axis.
 */
export function takePairs(
  emit: Emitter,
  x: TensorValue,
  axis: number,
  first: TensorValue,
  second: TensorValue,
): TensorValue {
  // A single index only takes its axis away.
  if (second.shape.length === 0) return takeAlong(emit, takeAlong(emit, x, axis + 1, second), axis, first);
  if (first.shape.length === 0) return takeAlong(emit, takeAlong(emit, x, axis, first), axis, second);
  if (first.shape.length !== 1 || second.shape.length !== 1 || first.shape[0] !== second.shape[0]) {
    throw new Refusal(
      `two indices must be vectors of one length, not of shapes ${formatShape(first.shape)} and ${formatShape(second.shape)}`,
    );
  }
  if (countsUpTo(emit, first, x.shape[axis])) return pickOfPairs(emit, x, axis, axis + 1, second);
  if (countsUpTo(emit, second, x.shape[axis + 1])) return pickOfPairs(emit, x, axis, axis, first);
  return pickOfPairs(emit, takeAlong(emit, x, axis, first), axis, axis + 1, second);
}

/** One entry of each line along `picked`, which is `axis` or the one behind it; the other one numbers the lines. */
function pickOfPairs(
  emit: Emitter,
  x: TensorValue,
  axis: number,
  picked: number,
  indices: TensorValue,
): TensorValue {
  const chosen = checkIndices(emit, indices, x.shape[picked]);
  const before = sizeOf(x.shape.slice(0, axis));
  const after = sizeOf(x.shape.slice(axis + 2));
  const [count] = indices.shape;
  const places = emit.broadcastTo(emit.reshape(chosen, [1, count, 1]), [before, count, after]);
  const lines = emit.reshape(x, [before, x.shape[axis], x.shape[axis + 1], after]);
  const taken = emit.apply('pick', [lines, places], { axis: picked === axis ? 1 : 2 });
  return emit.reshape(taken, [...x.shape.slice(0, axis), count, ...x.shape.slice(axis + 2)]);
}

/** Whether an index is 0, 1, … , length − 1. */
function countsUpTo(emit: Emitter, indices: TensorValue, length: number): boolean {
  const values = emit.fixedValues(indices);
  return values?.length === length && values.every((value, i) => value === i);
}

/**
 * Makes sure that every index names an entry of an axis; negative ones, which count from its end, are put right.
 * @throws Refusal that names the first index that does not.
 */
export function checkIndices(emit: Emitter, indices: TensorValue, length: number): TensorValue {
  if (indices.mask) {
    throw new Refusal(
      'indexing with a comparison is not supported, as the shape would depend on values: multiply by it or use where',
    );
  }
  const values = emit.fixedValues(indices);
  if (values === undefined) {
    const reason = emit.isFixed(indices) ? 'takes too long to compute' : 'depends on a parameter';
    throw new Refusal(`the index ${reason}: it must be data, or computed from data`);
  }
  const wrong = values.findIndex((value) => !Number.isInteger(value) || value < -length || value >= length);
  if (wrong >= 0) {
    throw new Refusal(`the index ${values[wrong]} (entry ${wrong}) is outside an axis of length ${length}`);
  }
  if (!values.some((value) => value < 0)) return indices;
  const fromEnd = emit.apply('add', [indices, emit.scalar(length)]);
  return emit.apply('where', [emit.apply('less', [indices, emit.scalar(0)]), fromEnd, indices]);
}
