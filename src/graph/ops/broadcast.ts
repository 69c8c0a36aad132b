import type { Shape } from '../../tensors/tensor.ts';
import { formatShape } from '../../tensors/tensor.ts';
import { ShapeError } from '../op.ts';

/** The common shape of NumPy's broadcasting rules. */
export function broadcastShapes(op: string, shapes: readonly Shape[]): number[] {
  const rank = Math.max(0, ...shapes.map((shape) => shape.length));
  const result = new Array<number>(rank).fill(1);
  for (const shape of shapes) {
    for (let axis = 0; axis < shape.length; axis++) {
      const at = rank - shape.length + axis;
      if (shape[axis] === 1) continue;
      if (result[at] !== 1 && result[at] !== shape[axis]) {
        throw new ShapeError(`${op} cannot broadcast shapes ${shapes.map(formatShape).join(' and ')}`);
      }
      result[at] = shape[axis];
    }
  }
  return result;
}

/** Row-major strides of `shape` seen as `target`: 0 along every axis that is repeated. */
export function broadcastStrides(shape: Shape, target: Shape): number[] {
  const strides = new Array<number>(target.length).fill(0);
  let stride = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1) strides[target.length - shape.length + axis] = stride;
    stride *= shape[axis];
  }
  return strides;
}

/** A loop nest over one shape with several operands: outer axes stepped one by one, the last one run in a row. */
export interface LoopNest {
  /** Axes outside the innermost one. */
  readonly outer: readonly number[];
  /** Per operand, its stride along each outer axis. */
  readonly outerStrides: readonly (readonly number[])[];
  /** Length of the innermost axis, and each operand's stride along it. */
  readonly length: number;
  readonly innerStrides: readonly number[];
}

/** Merges neighbouring axes wherever every operand steps through them evenly, so that loops are few and long. */
export function loopNest(shape: Shape, operands: readonly (readonly number[])[]): LoopNest {
  const lengths: number[] = [];
  const strides: number[][] = operands.map(() => []);
  for (let axis = 0; axis < shape.length; axis++) {
    if (shape[axis] === 1) continue;
    const last = lengths.length - 1;
    const even =
      last >= 0 && operands.every((operand, i) => strides[i][last] === operand[axis] * shape[axis]);
    if (even) {
      lengths[last] *= shape[axis];
      operands.forEach((operand, i) => {
        strides[i][last] = operand[axis];
      });
    } else {
      lengths.push(shape[axis]);
      operands.forEach((operand, i) => {
        strides[i].push(operand[axis]);
      });
    }
  }
  return {
    outer: lengths.slice(0, -1),
    outerStrides: strides.map((operand) => operand.slice(0, -1)),
    length: lengths.at(-1) ?? 1,
    innerStrides: strides.map((operand) => operand.at(-1) ?? 0),
  };
}

/** For every entry of `shape` in row-major order, the offset that `strides` give it. */
export function offsetTable(shape: Shape, strides: readonly number[], start = 0): Int32Array {
  const size = shape.reduce((product, length) => product * length, 1);
  const table = new Int32Array(size);
  const index = new Array<number>(shape.length).fill(0);
  let offset = start;
  for (let i = 0; i < size; i++) {
    table[i] = offset;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      offset += strides[axis];
      if (++index[axis] < shape[axis]) break;
      offset -= strides[axis] * shape[axis];
      index[axis] = 0;
    }
  }
  return table;
}
