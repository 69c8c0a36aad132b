import type { Shape } from '../../tensors/tensor.ts';
import { sizeOf } from '../../tensors/tensor.ts';
import type { Attributes } from '../graph.ts';
import type { BranchKernel, Kernel, Op, TransposedKernel } from '../op.ts';
import { pullElementwise, spreadElementwise } from '../spread.ts';
import { broadcastShapes, broadcastStrides, loopNest, offsetTable } from './broadcast.ts';

/** Computes `m[to + i] = f(m[a + i·sa], m[b + i·sb])` for i < n. */
type Loop = (m: Float64Array, a: number, sa: number, b: number, sb: number, to: number, n: number) => void;

type Linearity = Pick<Op, 'linear' | 'unmoved' | 'transposed'>;

function binary(
  name: string,
  loop: Loop,
  more: Linearity & { readonly cost?: number; readonly piecewise?: boolean } = {},
): Op {
  const { cost = 1, piecewise = false, ...linearity } = more;
  return {
    name,
    arity: 2,
    inferShape: (shapes) => broadcastShapes(name, shapes),
    compile: (shapes, _attributes, output) => overNest(loop, shapes, output),
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

function overNest(loop: Loop, [left, right]: readonly Shape[], output: Shape): Kernel {
  const nest = loopNest(output, [broadcastStrides(left, output), broadcastStrides(right, output)]);
  const { outer, length } = nest;
  const [leftStrides, rightStrides] = nest.outerStrides;
  const [leftInner, rightInner] = nest.innerStrides;
  const rows = sizeOf(outer);
  const index = new Int32Array(outer.length);
  return (memory, lanes, [a, b], out) => {
    for (let lane = 0; lane < lanes; lane++) {
      let left = a.offset + lane * a.laneStride;
      let right = b.offset + lane * b.laneStride;
      let to = out.offset + lane * out.laneStride;
      index.fill(0);
      for (let row = 0; row < rows; row++) {
        loop(memory, left, leftInner, right, rightInner, to, length);
        to += length;
        for (let axis = outer.length - 1; axis >= 0; axis--) {
          left += leftStrides[axis];
          right += rightStrides[axis];
          if (++index[axis] < outer[axis]) break;
          left -= leftStrides[axis] * outer[axis];
          right -= rightStrides[axis] * outer[axis];
          index[axis] = 0;
        }
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
    return (memory, inputs, weights, target) => {
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

export const elementwiseBinary: readonly Op[] = [
  binary(
    'add',
    (m, a, sa, b, sb, to, n) => {
      for (let i = 0; i < n; i++) m[to + i] = m[a + i * sa] + m[b + i * sb];
    },
    sum([1, 1]),
  ),
  binary(
    'subtract',
    (m, a, sa, b, sb, to, n) => {
      for (let i = 0; i < n; i++) m[to + i] = m[a + i * sa] - m[b + i * sb];
    },
    sum([1, -1]),
  ),
  binary(
    'multiply',
    (m, a, sa, b, sb, to, n) => {
      for (let i = 0; i < n; i++) m[to + i] = m[a + i * sa] * m[b + i * sb];
    },
    product,
  ),
  binary(
    'divide',
    (m, a, sa, b, sb, to, n) => {
      for (let i = 0; i < n; i++) m[to + i] = m[a + i * sa] / m[b + i * sb];
    },
    { ...quotient, cost: 4 },
  ),
  binary(
    'power',
    (m, a, sa, b, sb, to, n) => {
      for (let i = 0; i < n; i++) m[to + i] = m[a + i * sa] ** m[b + i * sb];
    },
    { cost: 32 },
  ),
  binary(
    'maximum',
    (m, a, sa, b, sb, to, n) => {
      for (let i = 0; i < n; i++) m[to + i] = Math.max(m[a + i * sa], m[b + i * sb]);
    },
    { piecewise: true },
  ),
  binary(
    'minimum',
    (m, a, sa, b, sb, to, n) => {
      for (let i = 0; i < n; i++) m[to + i] = Math.min(m[a + i * sa], m[b + i * sb]);
    },
    { piecewise: true },
  ),
  binary(
    'less',
    (m, a, sa, b, sb, to, n) => {
      for (let i = 0; i < n; i++) m[to + i] = m[a + i * sa] < m[b + i * sb] ? 1 : 0;
    },
    { piecewise: true },
  ),
  binary(
    'less-equal',
    (m, a, sa, b, sb, to, n) => {
      for (let i = 0; i < n; i++) m[to + i] = m[a + i * sa] <= m[b + i * sb] ? 1 : 0;
    },
    { piecewise: true },
  ),
  binary(
    'greater',
    (m, a, sa, b, sb, to, n) => {
      for (let i = 0; i < n; i++) m[to + i] = m[a + i * sa] > m[b + i * sb] ? 1 : 0;
    },
    { piecewise: true },
  ),
  binary(
    'greater-equal',
    (m, a, sa, b, sb, to, n) => {
      for (let i = 0; i < n; i++) m[to + i] = m[a + i * sa] >= m[b + i * sb] ? 1 : 0;
    },
    { piecewise: true },
  ),
  binary(
    'equal',
    (m, a, sa, b, sb, to, n) => {
      for (let i = 0; i < n; i++) m[to + i] = m[a + i * sa] === m[b + i * sb] ? 1 : 0;
    },
    { piecewise: true },
  ),
  binary(
    'not-equal',
    (m, a, sa, b, sb, to, n) => {
      for (let i = 0; i < n; i++) m[to + i] = m[a + i * sa] !== m[b + i * sb] ? 1 : 0;
    },
    { piecewise: true },
  ),
];
