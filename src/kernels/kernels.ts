import type { BinaryKernels, UnaryKernels } from './elementwise-kernels.ts';
import type { MovementKernels } from './movement-kernels.ts';
import type { ProductKernels } from './product-kernels.ts';
import type { ComparisonKernels, LineKernels, SumKernels } from './reduction-kernels.ts';

/**
 * The float64 kernels that kernels/assembly builds, on one memory.
 *
 * Units: every address and every stride is in float64s from the start of the memory. A stride is the step from one
 * entry, or one row, to the next; 0 repeats an entry or a row. Counts may be 0, but where an extreme entry is sought.
 *
 * Bits: an entry of a result depends on the entries that it is computed from, and on nothing else – not on its
 * position, the number of rows and columns, strides or alignment. A kernel stores no NaN but the canonical one, save
 * where it copies. An address out of the memory throws a WebAssembly.RuntimeError.
 */
export interface Kernels
  extends UnaryKernels,
    BinaryKernels,
    SumKernels,
    LineKernels,
    ComparisonKernels,
    MovementKernels,
    ProductKernels {}

const names: Record<keyof Kernels, true> = {
  abs: true,
  add: true,
  addOuter: true,
  addScaledColumn: true,
  choicesDiffer: true,
  copy: true,
  divide: true,
  dot: true,
  dotRows: true,
  equal: true,
  erf: true,
  exp: true,
  expm1: true,
  fill: true,
  leakyRelu: true,
  less: true,
  lessOrEqual: true,
  log: true,
  log1p: true,
  logSoftmaxColumns: true,
  logSoftmaxRows: true,
  logSumExpColumns: true,
  logSumExpRows: true,
  maxColumns: true,
  maxRows: true,
  maximum: true,
  minColumns: true,
  minRows: true,
  minimum: true,
  multiply: true,
  multiplyMatrices: true,
  multiplyMatricesScratch: true,
  negate: true,
  notEqual: true,
  reciprocal: true,
  relu: true,
  scale: true,
  select: true,
  sigmoid: true,
  sign: true,
  signsDiffer: true,
  softmaxColumns: true,
  softmaxRows: true,
  softplus: true,
  sqrt: true,
  square: true,
  subtract: true,
  sum: true,
  sumColumns: true,
  sumOfDifferences: true,
  sumRows: true,
  sumRowsOfDifferences: true,
  tanh: true,
};

/** The kernels on `memory`, which stays as it is. Costs a fraction of a millisecond. */
export function instantiateKernels(module: WebAssembly.Module, memory: WebAssembly.Memory): Kernels {
  const { exports } = new WebAssembly.Instance(module, { env: { memory } });
  if (!areKernels(exports)) throw new Error('the kernels were built from another version of their source');
  return exports;
}

function areKernels(exports: object): exports is Kernels {
  const found = new Map<string, unknown>(Object.entries(exports));
  return Object.keys(names).every((name) => typeof found.get(name) === 'function');
}
