import { type Shape, sizeOf } from '../../tensors/tensor.ts';
import type { Attributes } from '../graph.ts';
import type { Heap } from '../heap.ts';
import type { BranchTest, Kernel } from '../op.ts';
import { numberList } from './attributes.ts';

/** A shape of which neighbouring axes are reduced: matrices one after the other, each folded to one row. */
interface Stack {
  readonly blocks: number;
  readonly rows: number;
  readonly columns: number;
}

/** Undefined when the axes that are reduced are not neighbours, axes of length 1 aside. */
function stackOf(shape: Shape, attributes: Attributes): Stack | undefined {
  const axes = numberList(attributes, 'axes').filter((axis) => shape[axis] !== 1);
  const [first, last] = [Math.min(...axes), Math.max(...axes)];
  if (axes.length === 0) return { blocks: sizeOf(shape), rows: 1, columns: 1 };
  const between = shape.slice(first, last + 1).filter((length) => length !== 1);
  if (between.length !== axes.length) return undefined;
  return {
    blocks: sizeOf(shape.slice(0, first)),
    rows: sizeOf(between),
    columns: sizeOf(shape.slice(last + 1)),
  };
}

/** The largest entries (`sign` 1) or the smallest ones (−1), by kernels; undefined where there is no stack. */
export function stackedExtremes(sign: 1 | -1, shape: Shape, attributes: Attributes): Kernel | undefined {
  const stack = stackOf(shape, attributes);
  if (stack === undefined) return undefined;
  const { blocks, rows, columns } = stack;
  const [size, outputSize] = [blocks * rows * columns, blocks * columns];
  const fold = ({ kernels }: Heap, count: number, from: number, to: number) => {
    if (columns === 1) {
      const overRows = sign === 1 ? kernels.maxRows : kernels.minRows;
      overRows(count, rows, from, rows, 1, to, 1);
      return;
    }
    const overColumns = sign === 1 ? kernels.maxColumns : kernels.minColumns;
    for (let block = 0; block < count; block++) {
      overColumns(rows, columns, from + block * rows * columns, columns, to + block * columns);
    }
  };
  return (heap, lanes, [input], output) => {
    if (input.laneStride === size && output.laneStride === outputSize) {
      fold(heap, lanes * blocks, input.offset, output.offset);
      return;
    }
    for (let lane = 0; lane < lanes; lane++) {
      fold(heap, blocks, input.offset + lane * input.laneStride, output.offset + lane * output.laneStride);
    }
  };
}

/** Whether another entry than at the base values is chosen anywhere, by a kernel; undefined where there is no stack. */
export function testStackedChoices(
  sign: 1 | -1,
  shape: Shape,
  attributes: Attributes,
): BranchTest | undefined {
  const stack = stackOf(shape, attributes);
  if (stack === undefined) return undefined;
  const { blocks, rows, columns } = stack;
  return ({ kernels }, [moved], [base]) =>
    kernels.choicesDiffer(blocks, rows, columns, moved, base, sign === 1 ? 1 : 0) !== 0;
}
