import { type Shape, sizeOf } from '../../tensors/tensor.ts';
import type { Attributes } from '../graph.ts';
import type { BranchKernel, Kernel, Op } from '../op.ts';
import { pullElementwise, spreadElementwise } from '../spread.ts';

/** Computes `memory[to + i]` from `memory[from + i]` for i < count. */
type Loop = (memory: Float64Array, from: number, to: number, count: number) => void;

interface Traits {
  readonly flops?: number;
  /** For a linear op, the factor it multiplies with. */
  readonly factor?: number;
  /** Whether it has another piece on each side of 0. */
  readonly piecewise?: boolean;
}

// A loop for each op, not one loop that calls a function: the engine would box every number on the way.
function unary(name: string, loop: (attributes: Attributes) => Loop, traits: Traits = {}): Op {
  return {
    name,
    arity: 1,
    inferShape: ([shape]) => shape,
    compile: ([shape], attributes) => overLanes(loop(attributes), sizeOf(shape)),
    flops: ([shape]) => sizeOf(shape) * (traits.flops ?? 1),
    spread: spreadElementwise,
    pull: pullElementwise,
    ...(traits.piecewise
      ? { compileBranches: ([shape]: readonly Shape[]) => compareSigns(sizeOf(shape)) }
      : {}),
    ...(traits.factor === undefined ? {} : scaling(traits.factor)),
  };
}

function compareSigns(size: number): BranchKernel {
  return (memory, [moved], [base], crossed) => {
    for (let i = 0; i < size; i++) {
      if (Math.sign(memory[moved + i]) !== Math.sign(memory[base + i])) crossed(i);
    }
  };
}

function scaling(factor: number): Pick<Op, 'linear' | 'transposed'> {
  return {
    linear: () => true,
    transposed: (_input, [shape]) => {
      const size = sizeOf(shape);
      return (memory, _inputs, weights, target) => {
        for (let i = 0; i < size; i++) memory[target + i] += factor * memory[weights + i];
      };
    },
  };
}

function overLanes(loop: Loop, size: number): Kernel {
  return (memory, lanes, [input], output) => {
    if (input.laneStride === size && output.laneStride === size) {
      loop(memory, input.offset, output.offset, size * lanes);
      return;
    }
    for (let lane = 0; lane < lanes; lane++) {
      loop(memory, input.offset + lane * input.laneStride, output.offset + lane * output.laneStride, size);
    }
  };
}

/** Cost of a transcendental function in multiplications, roughly: it only sizes shards. */
const TRANSCENDENTAL = 16;

export const elementwiseUnary: readonly Op[] = [
  unary('identity', () => (m, from, to, n) => void m.copyWithin(to, from, from + n), { factor: 1 }),
  unary(
    'negate',
    () => (m, from, to, n) => {
      for (let i = 0; i < n; i++) m[to + i] = -m[from + i];
    },
    { factor: -1 },
  ),
  unary(
    'exp',
    () => (m, from, to, n) => {
      for (let i = 0; i < n; i++) m[to + i] = Math.exp(m[from + i]);
    },
    { flops: TRANSCENDENTAL },
  ),
  unary(
    'log',
    () => (m, from, to, n) => {
      for (let i = 0; i < n; i++) m[to + i] = Math.log(m[from + i]);
    },
    { flops: TRANSCENDENTAL },
  ),
  unary(
    'log1p',
    () => (m, from, to, n) => {
      for (let i = 0; i < n; i++) m[to + i] = Math.log1p(m[from + i]);
    },
    { flops: TRANSCENDENTAL },
  ),
  unary(
    'expm1',
    () => (m, from, to, n) => {
      for (let i = 0; i < n; i++) m[to + i] = Math.expm1(m[from + i]);
    },
    { flops: TRANSCENDENTAL },
  ),
  unary(
    'sqrt',
    () => (m, from, to, n) => {
      for (let i = 0; i < n; i++) m[to + i] = Math.sqrt(m[from + i]);
    },
    { flops: 4 },
  ),
  unary('square', () => (m, from, to, n) => {
    for (let i = 0; i < n; i++) m[to + i] = m[from + i] * m[from + i];
  }),
  unary(
    'abs',
    () => (m, from, to, n) => {
      for (let i = 0; i < n; i++) m[to + i] = Math.abs(m[from + i]);
    },
    { piecewise: true },
  ),
  unary(
    'sign',
    () => (m, from, to, n) => {
      for (let i = 0; i < n; i++) m[to + i] = Math.sign(m[from + i]);
    },
    { piecewise: true },
  ),
  unary(
    'sin',
    () => (m, from, to, n) => {
      for (let i = 0; i < n; i++) m[to + i] = Math.sin(m[from + i]);
    },
    { flops: TRANSCENDENTAL },
  ),
  unary(
    'cos',
    () => (m, from, to, n) => {
      for (let i = 0; i < n; i++) m[to + i] = Math.cos(m[from + i]);
    },
    { flops: TRANSCENDENTAL },
  ),
  unary(
    'tanh',
    () => (m, from, to, n) => {
      for (let i = 0; i < n; i++) m[to + i] = Math.tanh(m[from + i]);
    },
    { flops: TRANSCENDENTAL },
  ),
  unary('sigmoid', () => sigmoid, { flops: TRANSCENDENTAL }),
  unary('softplus', () => softplus, { flops: 2 * TRANSCENDENTAL }),
  // `<=` and not `>`, so that NaN stays NaN.
  unary(
    'relu',
    () => (m, from, to, n) => {
      for (let i = 0; i < n; i++) m[to + i] = Math.max(m[from + i], 0);
    },
    { piecewise: true },
  ),
  unary('leaky-relu', ({ slope }) => leakyRelu(Number(slope)), { piecewise: true }),
];

/** 1 / (1 + e^−x), from the side on which the exponential cannot overflow. */
function sigmoid(memory: Float64Array, from: number, to: number, count: number): void {
  for (let i = 0; i < count; i++) {
    const x = memory[from + i];
    const e = Math.exp(-Math.abs(x));
    memory[to + i] = x >= 0 ? 1 / (1 + e) : e / (1 + e);
  }
}

/** log(1 + e^x) = max(x, 0) + log1p(e^−|x|), which neither overflows nor cancels. */
function softplus(memory: Float64Array, from: number, to: number, count: number): void {
  for (let i = 0; i < count; i++) {
    const x = memory[from + i];
    memory[to + i] = Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
  }
}

function leakyRelu(slope: number): Loop {
  return (memory, from, to, count) => {
    for (let i = 0; i < count; i++) {
      const x = memory[from + i];
      memory[to + i] = x <= 0 ? slope * x : x;
    }
  };
}
