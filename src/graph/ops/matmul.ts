import type { Shape } from '../../tensors/tensor.ts';
import { formatShape, sizeOf, stridesOf } from '../../tensors/tensor.ts';
import type { ComplexKernel } from '../complex/complex-values.ts';
import { multiplyComplex } from '../complex/matrix-product.ts';
import type { Attributes } from '../graph.ts';
import type { Heap } from '../heap.ts';
import {
  type Kernel,
  type Op,
  ShapeError,
  type TransposedKernel,
  type TransposedLanesKernel,
  type UpdateKernel,
} from '../op.ts';
import { FREE } from '../region.ts';
import { pullElementwise, type Spread, type SpreadQuery, spreadElementwise } from '../spread.ts';
import { broadcastShapes, broadcastStrides, offsetTable } from './broadcast.ts';

/** A product of matrices as NumPy's `@` has it, taken apart: batch axes, and [rows, inner] × [inner, columns]. */
interface Product {
  readonly output: Shape;
  readonly rows: number;
  readonly inner: number;
  readonly columns: number;
  /** The stacks of matrices, and the stack that they broadcast to. */
  readonly left: Shape;
  readonly right: Shape;
  readonly batch: Shape;
  /** Steps in the left matrix from row to row and along the inner axis; likewise in the right one. */
  readonly leftRow: number;
  readonly leftInner: number;
  readonly rightInner: number;
  readonly rightColumn: number;
}

export const matmul: Op = {
  name: 'matmul',
  arity: 2,
  packs: true,
  inferShape: ([left, right], attributes) => product(left, right, attributes).output,
  compile: productKernel,
  compileUpdate: rankOneKernel,
  flops([left, right], attributes) {
    const p = product(left, right, attributes);
    return 2 * sizeOf(p.batch) * p.rows * p.columns * p.inner;
  },
  linear: (moved) => moved[0] !== moved[1],
  unmoved: () => 'base',
  transposed: (input, [left, right], attributes) =>
    transposedProduct(input, inOneStack(product(left, right, attributes))),
  transposedLanes: (input, [left, right], attributes) =>
    transposedLines(input, inOneStack(product(left, right, attributes))),
  spread: spreadProduct,
  pull: pullProduct,
  compileComplex: complexProduct,
};

function productKernel([leftShape, rightShape]: readonly Shape[], attributes: Attributes): Kernel {
  const p = inOneStack(product(leftShape, rightShape, attributes));
  const left = batchOffsets(p.left, p.batch);
  const right = batchOffsets(p.right, p.batch);
  const matrix = p.rows * p.columns;
  return (heap, lanes, [a, b], out) => {
    // Lanes of the left factor whose rows follow each other evenly, times one right factor, are one tall matrix.
    const step = p.rows === 1 ? a.laneStride : p.leftRow;
    const isTall =
      left.length === 1 && b.laneStride === 0 && a.laneStride === p.rows * step && out.laneStride === matrix;
    if (isTall) {
      multiply(heap, { ...p, rows: lanes * p.rows, leftRow: step }, a.offset, b.offset, out.offset);
      return;
    }
    for (let lane = 0; lane < lanes; lane++) {
      for (let batch = 0; batch < left.length; batch++) {
        const from = a.offset + lane * a.laneStride + left[batch];
        const other = b.offset + lane * b.laneStride + right[batch];
        multiply(heap, p, from, other, out.offset + lane * out.laneStride + batch * matrix);
      }
    }
  };
}

function multiply(heap: Heap, p: Product, left: number, right: number, to: number): void {
  const { rows, inner, columns, leftRow, leftInner, rightInner, rightColumn } = p;
  const { multiplyMatrices } = heap.kernels;
  multiplyMatrices(
    rows,
    columns,
    inner,
    left,
    leftRow,
    leftInner,
    right,
    rightInner,
    rightColumn,
    to,
    columns,
    0,
    heap.packing,
  );
}

/** The base product plus one of rank 1: what a factor moved along one index of the inner axis makes of it. */
function rankOneKernel([leftShape, rightShape]: readonly Shape[], attributes: Attributes): UpdateKernel {
  const p = inOneStack(product(leftShape, rightShape, attributes));
  if (p.inner !== 1) throw new Error('a factor moved along one index has an inner axis of length 1');
  const { rows, columns, leftRow, rightColumn } = p;
  const left = batchOffsets(p.left, p.batch);
  const right = batchOffsets(p.right, p.batch);
  return ({ kernels }, lanes, [a, b], out, base) => {
    for (let lane = 0; lane < lanes; lane++) {
      for (let batch = 0; batch < left.length; batch++) {
        const x = a.offset + lane * a.laneStride + left[batch];
        const y = b.offset + lane * b.laneStride + right[batch];
        const matrix = batch * rows * columns;
        const from = base.offset + lane * base.laneStride + matrix;
        const to = out.offset + lane * out.laneStride + matrix;
        kernels.addOuter(rows, columns, 1, x, leftRow, y, rightColumn, from, columns, to, columns);
      }
    }
  };
}

/** ∂J/∂left = weights · rightᵀ, ∂J/∂right = leftᵀ · weights; of a factor that is stored transposed, the transpose. */
function transposedProduct(input: number, p: Product): TransposedKernel {
  const { rows, inner, columns, leftRow, leftInner, rightInner, rightColumn } = p;
  const left = batchOffsets(p.left, p.batch);
  const right = batchOffsets(p.right, p.batch);
  return ({ kernels, packing }, inputs, weights, target) => {
    const add = kernels.multiplyMatrices;
    for (let batch = 0; batch < left.length; batch++) {
      const w = weights + batch * rows * columns;
      if (input === 0) {
        const b = inputs[1].offset + right[batch];
        const to = target + left[batch];
        if (leftInner === 1)
          add(rows, inner, columns, w, columns, 1, b, rightColumn, rightInner, to, leftRow, 1, packing);
        else add(inner, rows, columns, b, rightInner, rightColumn, w, 1, columns, to, leftInner, 1, packing);
      } else {
        const a = inputs[0].offset + left[batch];
        const to = target + right[batch];
        if (rightColumn === 1)
          add(inner, columns, rows, a, leftInner, leftRow, w, columns, 1, to, rightInner, 1, packing);
        else add(columns, inner, rows, w, 1, columns, a, leftRow, leftInner, to, rightColumn, 1, packing);
      }
    }
  };
}

/**
 * As `transposedProduct` where each lane has one line of a factor, a row of the left one or a column of the right one:
 * the lanes' weights are a matrix then, and the lines are its product with the other factor.
 */
function transposedLines(input: number, p: Product): TransposedLanesKernel | undefined {
  const { rows, inner, columns, leftRow, leftInner, rightInner, rightColumn } = p;
  const isLine = sizeOf(p.batch) === 1 && (input === 0 ? rows === 1 : columns === 1);
  if (!isLine) return undefined;
  const count = input === 0 ? columns : rows;
  const other = 1 - input;
  const [along, across] = input === 0 ? [rightColumn, rightInner] : [leftRow, leftInner];
  return ({ kernels, packing }, lanes, inputs, weights, target) => {
    const { offset } = inputs[other];
    kernels.multiplyMatrices(
      lanes,
      inner,
      count,
      weights,
      count,
      1,
      offset,
      along,
      across,
      target,
      inner,
      1,
      packing,
    );
  };
}

/** The axes of one factor: which one is summed over and which one becomes the output's, if any. */
interface FactorAxes {
  readonly inner: number;
  readonly outer: number | undefined;
}

function factorAxes(rank: number, innerLast: boolean): FactorAxes {
  if (rank === 1) return { inner: 0, outer: undefined };
  return innerLast ? { inner: rank - 1, outer: rank - 2 } : { inner: rank - 2, outer: rank - 1 };
}

/**
 * One moved row (or column) of a factor moves one row (or column) of the product. A factor moved along one index of
 * the inner axis changes the whole product by a product of rank 1.
 */
function spreadProduct({ moved, shapes, output }: SpreadQuery, attributes: Attributes): Spread {
  const axes = [
    factorAxes(shapes[0].length, attributes.transposeA !== true),
    factorAxes(shapes[1].length, attributes.transposeB === true),
  ];
  const batch = spreadElementwise({
    moved: moved.map((fixed) => fixed?.slice(0, -2)),
    shapes: shapes.map((shape) => shape.slice(0, -2)),
    output: output.slice(0, Math.max(0, ...shapes.map((shape) => shape.length - 2))),
  });
  const both = moved[0] !== undefined && moved[1] !== undefined;
  const coordinate = (factor: number, axis: number | undefined) =>
    both || axis === undefined ? FREE : (moved[factor]?.[axis] ?? FREE);
  const summed = Math.max(coordinate(0, axes[0].inner), coordinate(1, axes[1].inner));
  const outer = axes.map((each, factor) => coordinate(factor, each.outer));
  const inputs = shapes.map((shape, factor) => {
    const { inner } = axes[factor];
    const own = shape.map((_, axis) => (axis === inner ? summed : outer[factor]));
    return [...batch.inputs[factor], ...own.slice(-2)];
  });
  const kept = outer.filter((_, factor) => axes[factor].outer !== undefined);
  return { inputs, output: [...batch.output, ...kept], update: summed !== FREE };
}

/** A row of the product comes from a row of the left factor, a column from one of the right one. */
function pullProduct(output: readonly number[], [left, right]: readonly Shape[], attributes: Attributes) {
  const axes = [
    factorAxes(left.length, attributes.transposeA !== true),
    factorAxes(right.length, attributes.transposeB === true),
  ];
  const outers = axes.filter(({ outer }) => outer !== undefined).length;
  const batch = pullElementwise(output.slice(0, output.length - outers), [
    left.slice(0, -2),
    right.slice(0, -2),
  ]);
  const row = axes[0].outer === undefined ? FREE : output[output.length - outers];
  const column = axes[1].outer === undefined ? FREE : output[output.length - 1];
  return [left, right].map((shape, factor) => {
    const own = shape.map((length, axis) =>
      axis === axes[factor].inner || length === 1 ? FREE : factor === 0 ? row : column,
    );
    return [...batch[factor], ...own.slice(-2)];
  });
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
    left,
    right,
    batch,
    leftRow: a.rowStride,
    leftInner: a.columnStride,
    rightInner: b.rowStride,
    rightColumn: b.columnStride,
  };
}

/**
 * A stack of matrices times one right factor is one tall matrix times it: the rows of a layer over a sequence are those of
 * all examples. The terms of an entry, and their order, stay what they are.
 */
function inOneStack(p: Product): Product {
  const isStack = p.batch.length > 0 && sizeOf(p.left.slice(0, -2)) === sizeOf(p.batch);
  const isRunOfRows = p.leftRow === p.inner * p.leftInner && p.leftInner === 1;
  if (!isStack || !isRunOfRows || sizeOf(p.right.slice(0, -2)) !== 1) return p;
  const rows = sizeOf(p.batch) * p.rows;
  return { ...p, rows, left: [rows, p.inner], right: p.right.slice(-2), batch: [] };
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

function complexProduct([leftShape, rightShape]: readonly Shape[], attributes: Attributes): ComplexKernel {
  const p = product(leftShape, rightShape, attributes);
  const left = batchOffsets(p.left, p.batch);
  const right = batchOffsets(p.right, p.batch);
  return ([a, b], output) => {
    for (let batch = 0; batch < left.length; batch++) {
      const from = { values: a, start: left[batch], row: p.leftRow, column: p.leftInner };
      const other = { values: b, start: right[batch], row: p.rightInner, column: p.rightColumn };
      multiplyComplex([p.rows, p.inner, p.columns], from, other, output, batch * p.rows * p.columns);
    }
  };
}
