import type { Shape } from '../../tensors/tensor.ts';
import { formatShape, sizeOf, stridesOf } from '../../tensors/tensor.ts';
import type { Attributes } from '../graph.ts';
import { type Op, ShapeError } from '../op.ts';
import { broadcastShapes, broadcastStrides, offsetTable } from './broadcast.ts';

/** A product of matrices as NumPy's `@` has it, taken apart: batch axes, and [rows, inner] × [inner, columns]. */
interface Product {
  readonly output: Shape;
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
  /** Offsets of the matrices of each batch entry. */
  readonly left: Int32Array;
  readonly right: Int32Array;
  /** Steps in the left matrix from row to row and along the inner axis; likewise in the right one. */
  readonly leftRow: number;
  readonly leftInner: number;
  readonly rightInner: number;
  readonly rightColumn: number;
}

export const matmul: Op = {
  name: 'matmul',
  arity: 2,
  inferShape: ([left, right], attributes) => product(left, right, attributes).output,
  compile([leftShape, rightShape], attributes) {
    const p = product(leftShape, rightShape, attributes);
    const multiply = p.rightColumn === 1 || p.columns === 1 ? byRows : byDots;
    const matrix = p.rows * p.columns;
    return (memory, lanes, [a, b], out) => {
      for (let lane = 0; lane < lanes; lane++) {
        const left = a.offset + lane * a.laneStride;
        const right = b.offset + lane * b.laneStride;
        const to = out.offset + lane * out.laneStride;
        for (let batch = 0; batch < p.left.length; batch++) {
          multiply(memory, p, left + p.left[batch], right + p.right[batch], to + batch * matrix);
        }
      }
    };
  },
  flops([left, right], attributes) {
    const p = product(left, right, attributes);
    return 2 * p.left.length * p.rows * p.columns * p.inner;
  },
  linear: (moved) => moved[0] !== moved[1],
  unmoved: () => 'base',
};

/** Row by row of the output, adding one scaled row of the right matrix after another. Sums run along the inner axis in order. */
function byRows(memory: Float64Array, p: Product, left: number, right: number, to: number): void {
  const { rows, inner, columns, leftRow, leftInner, rightInner } = p;
  for (let row = 0; row < rows; row++) {
    const out = to + row * columns;
    memory.fill(0, out, out + columns);
    for (let k = 0; k < inner; k++) {
      const factor = memory[left + row * leftRow + k * leftInner];
      const from = right + k * rightInner;
      for (let column = 0; column < columns; column++) memory[out + column] += factor * memory[from + column];
    }
  }
}

/** Entry by entry of the output, as dot products: for a right matrix that is stored transposed. Same order of sums. */
function byDots(memory: Float64Array, p: Product, left: number, right: number, to: number): void {
  const { rows, inner, columns, leftRow, leftInner, rightInner, rightColumn } = p;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      let a = left + row * leftRow;
      let b = right + column * rightColumn;
      let total = 0;
      for (let k = 0; k < inner; k++) {
        total += memory[a] * memory[b];
        a += leftInner;
        b += rightInner;
      }
      memory[to + row * columns + column] = total;
    }
  }
}

function product(leftShape: Shape, rightShape: Shape, attributes: Attributes): Product {
  if (leftShape.length === 0 || rightShape.length === 0) {
    throw new ShapeError(
      `matmul takes no scalars (shapes ${formatShape(leftShape)} and ${formatShape(rightShape)})`,
    );
  }
  // A vector is a row on the left and a column on the right; its axis is gone from the output.
  const left = leftShape.length === 1 ? [1, leftShape[0]] : leftShape;
  const right = rightShape.length === 1 ? [rightShape[0], 1] : rightShape;
  const a = lastTwo(left, attributes.transposeA === true && leftShape.length > 1);
  const b = lastTwo(right, attributes.transposeB === true && rightShape.length > 1);
  if (a.columns !== b.rows) {
    throw new ShapeError(
      `matmul cannot multiply shapes ${formatShape(leftShape)} and ${formatShape(rightShape)}: ${a.columns} and ${b.rows} differ`,
    );
  }
  const batch = broadcastShapes('matmul', [left.slice(0, -2), right.slice(0, -2)]);
  const output = [...batch];
  if (leftShape.length > 1) output.push(a.rows);
  if (rightShape.length > 1) output.push(b.columns);
  return {
    output,
    rows: a.rows,
    inner: a.columns,
    columns: b.columns,
    left: batchOffsets(left, batch),
    right: batchOffsets(right, batch),
    leftRow: a.rowStride,
    leftInner: a.columnStride,
    rightInner: b.rowStride,
    rightColumn: b.columnStride,
  };
}

function lastTwo(shape: Shape, transposed: boolean) {
  const [rows, columns] = shape.slice(-2);
  const [rowStride, columnStride] = stridesOf(shape).slice(-2);
  return transposed
    ? { rows: columns, columns: rows, rowStride: columnStride, columnStride: rowStride }
    : { rows, columns, rowStride, columnStride };
}

function batchOffsets(shape: Shape, batch: Shape): Int32Array {
  const matrix = sizeOf(shape.slice(-2));
  const strides = broadcastStrides(shape.slice(0, -2), batch).map((stride) => stride * matrix);
  return offsetTable(batch, strides);
}
