import type { BinaryKernel } from '../../kernels/elementwise-kernels.ts';
import type { Shape } from '../../tensors/tensor.ts';
import { sizeOf } from '../../tensors/tensor.ts';
import * as complex from '../complex/complex.ts';
import { type ComplexFunction2, eachPair } from '../complex/complex-values.ts';
import * as functions from '../complex/elementary-functions.ts';
import type { Attributes } from '../graph.ts';
import type { Heap } from '../heap.ts';
import type { BranchKernel, Kernel, Op, TransposedKernel } from '../op.ts';
import { pullElementwise, spreadElementwise } from '../spread.ts';
import { broadcastShapes, broadcastStrides, loopNest, offsetTable } from './broadcast.ts';

/** Computes [rows × columns] entries; see `BinaryKernel` for the strides. */
type Compute = (heap: Heap) => BinaryKernel;

type Linearity = Pick<Op, 'linear' | 'unmoved' | 'transposed' | 'passesOn'>;

function binary(
  name: string,
  compute: Compute,
  continuation: ComplexFunction2,
  more: Linearity & { readonly cost?: number; readonly piecewise?: boolean } = {},
): Op {
  const { cost = 1, piecewise = false, ...linearity } = more;
  return {
    name,
    arity: 2,
    inferShape: (shapes) => broadcastShapes(name, shapes),
    compile: (shapes, _attributes, output) => overNest(compute, shapes, output),
    compileComplex: ([left, right], _attributes, output) => {
      const table = (shape: Shape) => offsetTable(output, broadcastStrides(shape, output));
      return eachPair(continuation, table(left), table(right));
    },
    flops: (_shapes, _attributes, output) => sizeOf(output) * cost,
    spread: spreadElementwise,
    pull: pullElementwise,
    ...(piecewise
      ? {
          compileBranches: (shapes: readonly Shape[], _: Attributes, output: Shape) =>
            compareOrder(shapes, output),
        }
      : {}),
    ...linearity,
  };
}

/** The pieces of max, min and the comparisons: which of the two is larger, if any. */
function compareOrder([left, right]: readonly Shape[], output: Shape): BranchKernel {
  const leftTable = offsetTable(output, broadcastStrides(left, output));
  const rightTable = offsetTable(output, broadcastStrides(right, output));
  return (memory, moved, base, crossed) => {
    for (let i = 0; i < leftTable.length; i++) {
      const now = Math.sign(memory[moved[0] + leftTable[i]] - memory[moved[1] + rightTable[i]]);
      if (now !== Math.sign(memory[base[0] + leftTable[i]] - memory[base[1] + rightTable[i]])) crossed(i);
    }
  };
}

/**
 * Runs the kernel on the two innermost loops of the nest, and steps through the others. Where there are not two, the
 * lanes are the rows.
 */
function overNest(compute: Compute, [left, right]: readonly Shape[], output: Shape): Kernel {
  const nest = loopNest(output, [broadcastStrides(left, output), broadcastStrides(right, output)]);
  const [leftInner, rightInner] = nest.innerStrides;
  const { length } = nest;
  const rows = nest.outer.at(-1);
  if (rows === undefined) {
    return (heap, lanes, [a, b], out) => {
      const kernel = compute(heap);
      kernel(
        lanes,
        length,
        a.offset,
        a.laneStride,
        leftInner,
        b.offset,
        b.laneStride,
        rightInner,
        out.offset,
        out.laneStride,
        1,
      );
    };
  }
  const [leftRow, rightRow] = nest.outerStrides.map((strides) => strides[strides.length - 1]);
  const outer = nest.outer.slice(0, -1);
  const starts = nest.outerStrides.map((strides) => offsetTable(outer, strides.slice(0, -1)));
  return (heap, lanes, [a, b], out) => {
    const kernel = compute(heap);
    for (let lane = 0; lane < lanes; lane++) {
      for (let block = 0; block < starts[0].length; block++) {
        const from = a.offset + lane * a.laneStride + starts[0][block];
        const other = b.offset + lane * b.laneStride + starts[1][block];
        const to = out.offset + lane * out.laneStride + block * rows * length;
        kernel(rows, length, from, leftRow, leftInner, other, rightRow, rightInner, to, length, 1);
      }
    }
  };
}

/** weight · ∂output/∂input, given the other input's entry. */
type Factor = (weight: number, other: number) => number;

/** The transposed map of a broadcasting op: weights times the factor, summed over the axes that were repeated. */
function transposedBinary(factor: (input: number) => Factor): NonNullable<Op['transposed']> {
  return (input, shapes, _attributes, output): TransposedKernel => {
    const own = offsetTable(output, broadcastStrides(shapes[input], output));
    const other = offsetTable(output, broadcastStrides(shapes[1 - input], output));
    const scale = factor(input);
    return ({ floats: memory }, inputs, weights, target) => {
      const base = inputs[1 - input].offset;
      for (let i = 0; i < own.length; i++)
        memory[target + own[i]] += scale(memory[weights + i], memory[base + other[i]]);
    };
  };
}

/** Linear in whatever moves; a term that does not move cancels. */
function sum(signs: readonly [number, number]): Linearity {
  return {
    linear: () => true,
    unmoved: () => 'zero',
    passesOn: (input) => signs[input] === 1,
    transposed: transposedBinary((input) => (weight) => signs[input] * weight),
  };
}

/** Linear in one factor while the other one stays. */
const product: Linearity = {
  linear: ([left, right]) => left !== right,
  unmoved: () => 'base',
  transposed: transposedBinary(() => (weight, other) => weight * other),
};

/** Linear in the dividend. */
const quotient: Linearity = {
  linear: ([, divisor]) => !divisor,
  unmoved: () => 'base',
  transposed: transposedBinary(() => (weight, other) => weight / other),
};

/** a > b as b < a. */
function swapped(kernel: BinaryKernel): BinaryKernel {
  return (rows, columns, a, aRow, aColumn, b, bRow, bColumn, out, outRow, outColumn) =>
    kernel(rows, columns, b, bRow, bColumn, a, aRow, aColumn, out, outRow, outColumn);
}

function power({ floats }: Heap): BinaryKernel {
  return (rows, columns, a, aRow, aColumn, b, bRow, bColumn, out, outRow, outColumn) => {
    for (let row = 0; row < rows; row++) {
      for (let i = 0; i < columns; i++) {
        const base = floats[a + row * aRow + i * aColumn];
        floats[out + row * outRow + i * outColumn] = base ** floats[b + row * bRow + i * bColumn];
      }
    }
  };
}

const piecewise = true;

/** Takes the one that is larger times `sign`, by the real part. */
function chosen(sign: 1 | -1): ComplexFunction2 {
  return (a, b, kinks) => {
    const order = sign * kinks.compare(a, b);
    if (order >= 0) return a;
    return order < 0 ? b : { re: Number.NaN, im: Number.NaN };
  };
}

/** Comparisons are of real parts, and real themselves. */
function compared(holds: (order: number) => boolean): ComplexFunction2 {
  return (a, b, kinks) => complex.real(holds(kinks.compare(a, b)) ? 1 : 0);
}

export const elementwiseBinary: readonly Op[] = [
  binary('add', ({ kernels }) => kernels.add, complex.sum, sum([1, 1])),
  binary('subtract', ({ kernels }) => kernels.subtract, complex.difference, sum([1, -1])),
  binary('multiply', ({ kernels }) => kernels.multiply, complex.product, product),
  binary('divide', ({ kernels }) => kernels.divide, functions.ratio, { ...quotient, cost: 4 }),
  binary('power', power, functions.power, { cost: 32 }),
  binary('maximum', ({ kernels }) => kernels.maximum, chosen(1), { piecewise }),
  binary('minimum', ({ kernels }) => kernels.minimum, chosen(-1), { piecewise }),
  binary(
    'less',
    ({ kernels }) => kernels.less,
    compared((order) => order < 0),
    { piecewise },
  ),
  binary(
    'less-equal',
    ({ kernels }) => kernels.lessOrEqual,
    compared((order) => order <= 0),
    { piecewise },
  ),
  binary(
    'greater',
    ({ kernels }) => swapped(kernels.less),
    compared((order) => order > 0),
    { piecewise },
  ),
  binary(
    'greater-equal',
    ({ kernels }) => swapped(kernels.lessOrEqual),
    compared((order) => order >= 0),
    { piecewise },
  ),
  binary(
    'equal',
    ({ kernels }) => kernels.equal,
    compared((order) => order === 0),
    { piecewise },
  ),
  binary(
    'not-equal',
    ({ kernels }) => kernels.notEqual,
    compared((order) => order !== 0),
    { piecewise },
  ),
];
