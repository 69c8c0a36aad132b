import { formatShape, sizeOf } from '../../../tensors/tensor.ts';
import type { Emitter } from '../emitter.ts';
import { Refusal } from '../expression-faults.ts';
import { matrixProduct } from '../matrix-product.ts';
import type { TensorValue } from '../value.ts';
import type { CallArguments } from './call-arguments.ts';
import { define, type FunctionDefinition } from './function-definition.ts';
import { reverseAxes } from './shaping.ts';

/** Products of vectors and matrices. */
export const products: readonly FunctionDefinition[] = [
  define('matmul(a, b)', 'a @ b', (args, emit) => matrixProduct(emit, args.tensor('a'), args.tensor('b'))),
  define('dot(a, b)', 'a @ b; a·b when one is a scalar', dot, { method: true }),
  define('inner(a, b)', 'sum of products along the last axes', (args, emit) => {
    const [a, b] = pair(args);
    if (a.shape.length === 0 || b.shape.length === 0) return emit.apply('multiply', [a, b]);
    return matrixProduct(emit, a, b.shape.length < 2 ? b : reverseAxes(emit, b));
  }),
  define('outer(a, b)', 'all products of an entry of a and an entry of b', (args, emit) => {
    const [a, b] = [args.tensor('a'), args.tensor('b')];
    const column = emit.reshape(a, [sizeOf(a.shape), 1]);
    return emit.apply('multiply', [column, emit.reshape(b, [1, sizeOf(b.shape)])]);
  }),
  define(
    'trace(x)',
    'sum of the diagonal of a matrix',
    (args, emit) => {
      const x = args.tensor('x');
      const [rows, columns] = x.shape;
      if (x.shape.length !== 2 || rows !== columns) {
        throw new Refusal(`trace takes a square matrix, not shape ${formatShape(x.shape)}`);
      }
      const indices = emit.constant([rows], (row) => row);
      return emit.apply('sum', [emit.apply('pick', [x, indices], { axis: 1 })], {
        axes: [0],
        keepDims: false,
      });
    },
    { method: true },
  ),
];

/** Both arguments; of at most two axes unless one is a scalar: beyond that NumPy's dot and inner differ from `@`. */
function pair(args: CallArguments): [TensorValue, TensorValue] {
  const [a, b] = [args.tensor('a'), args.tensor('b')];
  if (a.shape.length === 0 || b.shape.length === 0) return [a, b];
  for (const { shape } of [a, b]) {
    if (shape.length > 2) throw new Refusal(`use @ for tensors of more than 2 axes (${formatShape(shape)})`);
  }
  return [a, b];
}

function dot(args: CallArguments, emit: Emitter): TensorValue {
  const [a, b] = pair(args);
  const scalar = a.shape.length === 0 || b.shape.length === 0;
  return scalar ? emit.apply('multiply', [a, b]) : matrixProduct(emit, a, b);
}
