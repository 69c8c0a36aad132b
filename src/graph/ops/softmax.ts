import type { Kernels } from '../../kernels/kernels.ts';
import type { LineKernel } from '../../kernels/reduction-kernels.ts';
import type { Shape } from '../../tensors/tensor.ts';
import { formatShape, sizeOf } from '../../tensors/tensor.ts';
import {
  complexLines,
  type LineFunction,
  logSoftmax,
  logSumExp,
  softmax,
} from '../complex/exponential-lines.ts';
import type { Attributes } from '../graph.ts';
import { type Op, ShapeError } from '../op.ts';
import { spreadAlong } from '../spread.ts';
import { wholeNumber } from './attributes.ts';

/** The kernels of one op, for lines along rows and along columns. */
interface LineKernelPair {
  readonly rows: (kernels: Kernels) => LineKernel;
  readonly columns: (kernels: Kernels) => LineKernel;
}

function alongAxis(
  name: string,
  kernel: LineKernelPair,
  continuation: LineFunction,
  keepsLength: boolean,
): Op {
  return {
    name,
    arity: 1,
    inferShape([shape], attributes) {
      const axis = checkedAxis(name, shape, attributes);
      return keepsLength ? shape : shape.map((length, i) => (i === axis ? 1 : length));
    },
    compile([shape], attributes) {
      const axis = checkedAxis(name, shape, attributes);
      const count = shape[axis];
      const inner = sizeOf(shape.slice(axis + 1));
      const outer = sizeOf(shape.slice(0, axis));
      const [size, outputSize] = [outer * count * inner, keepsLength ? outer * count * inner : outer * inner];
      return (heap, lanes, [input], output) => {
        const run = inner === 1 ? kernel.rows(heap.kernels) : kernel.columns(heap.kernels);
        if (inner === 1 && input.laneStride === size && output.laneStride === outputSize) {
          run(lanes * outer, count, input.offset, count, output.offset, keepsLength ? count : 1);
          return;
        }
        for (let lane = 0; lane < lanes; lane++) {
          const from = input.offset + lane * input.laneStride;
          const to = output.offset + lane * output.laneStride;
          if (inner === 1) {
            run(outer, count, from, count, to, keepsLength ? count : 1);
            continue;
          }
          for (let block = 0; block < outer; block++) {
            const at = keepsLength ? block * count * inner : block * inner;
            run(count, inner, from + block * count * inner, inner, to + at, inner);
          }
        }
      };
    },
    compileComplex: ([shape], attributes) =>
      complexLines(continuation, shape, checkedAxis(name, shape, attributes)),
    flops: ([shape]) => sizeOf(shape) * 20,
    spread(query, attributes) {
      const axis = checkedAxis(name, query.shapes[0], attributes);
      return spreadAlong(
        query,
        query.output.map((_, i) => (i === axis ? undefined : i)),
      );
    },
  };
}

function checkedAxis(name: string, shape: Shape, attributes: Attributes): number {
  const axis = wholeNumber(attributes, 'axis');
  if (axis < 0 || axis >= shape.length || shape[axis] === 0) {
    throw new ShapeError(`${name} along axis ${axis} does not fit shape ${formatShape(shape)}`);
  }
  return axis;
}

export const softmaxFamily: readonly Op[] = [
  alongAxis(
    'softmax',
    { rows: (kernels) => kernels.softmaxRows, columns: (kernels) => kernels.softmaxColumns },
    softmax,
    true,
  ),
  alongAxis(
    'log-softmax',
    { rows: (kernels) => kernels.logSoftmaxRows, columns: (kernels) => kernels.logSoftmaxColumns },
    logSoftmax,
    true,
  ),
  alongAxis(
    'log-sum-exp',
    { rows: (kernels) => kernels.logSumExpRows, columns: logSumExpColumns },
    logSumExp,
    false,
  ),
];

/** Its one row of output needs no stride. */
function logSumExpColumns({ logSumExpColumns }: Kernels): LineKernel {
  return (rows, columns, a, aRow, out) => logSumExpColumns(rows, columns, a, aRow, out);
}
