/*
 * The exports of the module. It owns no memory: it computes in the memory that it imports, where it writes nothing of
 * its own. Every address and stride is in float64s; src/kernels/kernels.ts describes each function.
 */
export { add, divide, maximum, minimum, multiply, subtract } from './elementwise/arithmetic';
export { equal, less, lessOrEqual, notEqual } from './elementwise/comparison';
export { copy, fill } from './elementwise/copying';
export { addOuter, addScaledColumn } from './elementwise/rank-one';
export { leakyRelu, scale } from './elementwise/scaling';
export { select } from './elementwise/selection';
export { erf, exp, expm1, log, log1p, sigmoid, softplus, tanh } from './elementwise/transcendental';
export { abs, negate, reciprocal, relu, sign, sqrt, square } from './elementwise/unary';
export { multiplyMatrices, multiplyMatricesScratch } from './gemm/multiply';
export { choicesDiffer } from './reductions/choices';
export { maxColumns, maxRows, minColumns, minRows } from './reductions/extremes';
export {
  logSoftmaxColumns,
  logSoftmaxRows,
  logSumExpColumns,
  logSumExpRows,
  softmaxColumns,
  softmaxRows,
} from './reductions/softmax';
export { signsDiffer } from './reductions/signs';
export {
  dot,
  dotRows,
  sum,
  sumColumns,
  sumOfDifferences,
  sumRows,
  sumRowsOfDifferences,
} from './reductions/sums';
