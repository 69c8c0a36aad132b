import type { UnaryKernel } from '../../kernels/elementwise-kernels.ts';
import type { Kernels } from '../../kernels/kernels.ts';
import { type Shape, sizeOf } from '../../tensors/tensor.ts';
import { negative, product, real } from '../complex/complex.ts';
import { type ComplexFunction, eachEntry } from '../complex/complex-values.ts';
import * as complex from '../complex/elementary-functions.ts';
import { erf } from '../complex/erf.ts';
import type { Attributes } from '../graph.ts';
import type { Heap } from '../heap.ts';
import type { BranchKernel, BranchTest, Kernel, Op } from '../op.ts';
import { pullElementwise, spreadElementwise } from '../spread.ts';

/** Computes `count` entries at `to` from those at `from`; both run in a row. */
type Loop = (heap: Heap, from: number, to: number, count: number) => void;

interface Traits {
  readonly flops?: number;
  /** For a linear op, the factor it multiplies with. */
  readonly factor?: number;
  /** Whether it has another piece on each side of 0. */
  readonly piecewise?: boolean;
  /** Its analytic continuation, if it has one. */
  readonly complex?: (attributes: Attributes) => ComplexFunction;
}

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
      ? {
          compileBranches: ([shape]: readonly Shape[]) => compareSigns(sizeOf(shape)),
          compileBranchTest: ([shape]: readonly Shape[]) => testSigns(sizeOf(shape)),
        }
      : {}),
    ...complexEntries(traits.complex),
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

function testSigns(size: number): BranchTest {
  return ({ kernels }, [moved], [base]) => kernels.signsDiffer(size, moved, base) !== 0;
}

function scaling(factor: number): Pick<Op, 'linear' | 'transposed'> {
  return {
    linear: () => true,
    transposed: (_input, [shape]) => {
      const size = sizeOf(shape);
      return ({ floats: memory }, _inputs, weights, target) => {
        for (let i = 0; i < size; i++) memory[target + i] += factor * memory[weights + i];
      };
    },
  };
}

function overLanes(loop: Loop, size: number): Kernel {
  return (heap, lanes, [input], output) => {
    if (input.laneStride === size && output.laneStride === size) {
      loop(heap, input.offset, output.offset, size * lanes);
      return;
    }
    for (let lane = 0; lane < lanes; lane++) {
      loop(heap, input.offset + lane * input.laneStride, output.offset + lane * output.laneStride, size);
    }
  };
}

/** The functions of one number that there are kernels for. */
type KernelName = {
  [Name in keyof Kernels]: Kernels[Name] extends UnaryKernel ? Name : never;
}[keyof Kernels];

/** The op that one kernel is. */
function kernelOp(name: KernelName, traits: Traits = {}): Op {
  return unary(name, () => (heap, from, to, count) => heap.kernels[name](count, from, 1, to, 1), traits);
}

/** Cost of a transcendental function in multiplications, roughly: it only sizes shards. */
const TRANSCENDENTAL = 16;

export const elementwiseUnary: readonly Op[] = [
  unary(
    'identity',
    () =>
      ({ floats }, from, to, count) =>
        void floats.copyWithin(to, from, from + count),
    { factor: 1, complex: () => (z) => z },
  ),
  kernelOp('negate', { factor: -1, complex: () => negative }),
  kernelOp('exp', { flops: TRANSCENDENTAL, complex: () => complex.exp }),
  kernelOp('log', { flops: TRANSCENDENTAL, complex: () => complex.log }),
  kernelOp('log1p', { flops: TRANSCENDENTAL, complex: () => complex.log1p }),
  kernelOp('expm1', { flops: TRANSCENDENTAL, complex: () => complex.expm1 }),
  kernelOp('sqrt', { flops: 4, complex: () => complex.sqrt }),
  kernelOp('square', { complex: () => (z) => product(z, z) }),
  // |z| = √(x² + y²) is analytic nowhere: abs has no complex form.
  kernelOp('abs', { piecewise: true }),
  kernelOp('sign', { piecewise: true, complex: () => (z, kinks) => real(kinks.side(z)) }),
  kernelOp('relu', { piecewise: true, complex: () => complexLeakyRelu(0) }),
  kernelOp('tanh', { flops: TRANSCENDENTAL, complex: () => complex.tanh }),
  kernelOp('sigmoid', { flops: TRANSCENDENTAL, complex: () => complex.sigmoid }),
  kernelOp('softplus', { flops: 2 * TRANSCENDENTAL, complex: () => complex.softplus }),
  kernelOp('erf', { flops: 2 * TRANSCENDENTAL, complex: () => erf }),
  unary('leaky-relu', ({ slope }) => leakyRelu(Number(slope)), {
    piecewise: true,
    complex: ({ slope }) => complexLeakyRelu(Number(slope)),
  }),
  plainOp('sin', Math.sin, complex.sin),
  plainOp('cos', Math.cos, complex.cos),
  plainOp('atan', Math.atan, complex.atan),
  plainOp('asinh', Math.asinh, complex.asinh),
];

function leakyRelu(slope: number): Loop {
  return ({ kernels }, from, to, count) => kernels.leakyRelu(count, from, 1, slope, to, 1);
}

/** Either piece is linear, so it is its own continuation; which one, the real part says. */
function complexLeakyRelu(slope: number): ComplexFunction {
  return (z, kinks) => {
    const side = kinks.side(z);
    if (side > 0) return z;
    if (side <= 0) return slope === 0 ? real(0) : product(real(slope), z);
    return { re: Number.NaN, im: Number.NaN };
  };
}

/** A function that has no kernel, as networks hardly use it. */
function plainOp(name: string, of: (x: number) => number, continuation: ComplexFunction): Op {
  const loop: Loop = ({ floats }, from, to, count) => {
    for (let i = 0; i < count; i++) floats[to + i] = of(floats[from + i]);
  };
  return unary(name, () => loop, { flops: TRANSCENDENTAL, complex: () => continuation });
}

function complexEntries(define: Traits['complex']): Pick<Op, 'compileComplex'> {
  return define === undefined
    ? {}
    : { compileComplex: (_shapes, attributes) => eachEntry(define(attributes)) };
}
