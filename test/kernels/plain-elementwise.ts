import type {
  BinaryKernel,
  BinaryKernels,
  ScalingKernel,
  UnaryKernel,
  UnaryKernels,
} from '../../src/kernels/elementwise-kernels.ts';
import type { MovementKernels } from '../../src/kernels/movement-kernels.ts';

/** The functions that only a kernel computes: one number at a time, they are the reference for runs of any kind. */
export type ElementaryName = 'exp' | 'expm1' | 'log' | 'log1p' | 'tanh' | 'sigmoid' | 'softplus' | 'erf';
export type Elementary = (name: ElementaryName, x: number) => number;

/** Elementwise kernels as plain loops. A NaN that is stored is JavaScript's own, which is the canonical one. */
export function plainElementwise(m: Float64Array, elementary: Elementary): UnaryKernels & BinaryKernels {
  const unary =
    (f: (x: number) => number): UnaryKernel =>
    (count, x, xStride, out, outStride) => {
      for (let i = 0; i < count; i++) m[out + i * outStride] = canonical(f(m[x + i * xStride]));
    };
  const scaling =
    (f: (x: number, factor: number) => number): ScalingKernel =>
    (count, x, xStride, factor, out, outStride) => {
      for (let i = 0; i < count; i++) m[out + i * outStride] = canonical(f(m[x + i * xStride], factor));
    };
  const binary =
    (f: (a: number, b: number) => number): BinaryKernel =>
    (rows, columns, a, aRow, aColumn, b, bRow, bColumn, out, outRow, outColumn) => {
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < columns; j++) {
          const value = f(m[a + i * aRow + j * aColumn], m[b + i * bRow + j * bColumn]);
          m[out + i * outRow + j * outColumn] = canonical(value);
        }
      }
    };
  const known = (name: ElementaryName) => unary((x) => elementary(name, x));
  return {
    exp: known('exp'),
    expm1: known('expm1'),
    log: known('log'),
    log1p: known('log1p'),
    tanh: known('tanh'),
    sigmoid: known('sigmoid'),
    softplus: known('softplus'),
    erf: known('erf'),
    sqrt: unary(Math.sqrt),
    square: unary((x) => x * x),
    reciprocal: unary((x) => 1 / x),
    abs: unary(Math.abs),
    negate: unary((x) => -x),
    sign: unary(Math.sign),
    relu: unary((x) => Math.max(x, 0)),
    leakyRelu: scaling((x, slope) => (x <= 0 ? slope * x : x)),
    scale: scaling((x, factor) => x * factor),
    add: binary((a, b) => a + b),
    subtract: binary((a, b) => a - b),
    multiply: binary((a, b) => a * b),
    divide: binary((a, b) => a / b),
    maximum: binary(Math.max),
    minimum: binary(Math.min),
    less: binary((a, b) => Number(a < b)),
    lessOrEqual: binary((a, b) => Number(a <= b)),
    equal: binary((a, b) => Number(a === b)),
    notEqual: binary((a, b) => Number(a !== b)),
  };
}

/** Movement as plain loops over bits, so that no NaN changes on the way. */
export function plainMovement(m: Float64Array): MovementKernels {
  const bits = new BigUint64Array(m.buffer);
  return {
    copy(rows, columns, from, fromRow, fromColumn, to, toRow, toColumn) {
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < columns; j++)
          bits[to + i * toRow + j * toColumn] = bits[from + i * fromRow + j * fromColumn];
      }
    },
    fill(count, value, to, stride) {
      for (let i = 0; i < count; i++) m[to + i * stride] = value;
    },
    select(rows, columns, c, cRow, cColumn, a, aRow, aColumn, b, bRow, bColumn, out, outRow, outColumn) {
      for (let i = 0; i < rows; i++) {
        for (let j = 0; j < columns; j++) {
          const chosen =
            m[c + i * cRow + j * cColumn] === 0 ? b + i * bRow + j * bColumn : a + i * aRow + j * aColumn;
          bits[out + i * outRow + j * outColumn] = bits[chosen];
        }
      }
    },
  };
}

export function canonical(value: number): number {
  return Number.isNaN(value) ? Number.NaN : value;
}
