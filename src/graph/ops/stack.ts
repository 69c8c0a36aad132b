import { type Shape, sizeOf } from '../../tensors/tensor.ts';
import type { Attributes } from '../graph.ts';
import type { Heap } from '../heap.ts';
import type { Kernel } from '../op.ts';
import { numberList } from './attributes.ts';

/** A shape of which neighbouring axes are reduced: matrices one after the other, each folded to one row. */
export interface Stack {
  readonly blocks: number;
  readonly rows: number;
  readonly columns: number;
}

/** Undefined when the axes that are reduced are not neighbours, axes of length 1 aside. */
export function stackOf(shape: Shape, attributes: Attributes): Stack | undefined {
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

/** Folds `blocks` matrices, one after the other at `from`, to as many rows at `to`. */
export type Fold = (heap: Heap, blocks: number, from: number, to: number) => void;

/** Folds the stacks of all lanes: together where they follow each other. */
export function overStack({ blocks, rows, columns }: Stack, fold: Fold): Kernel {
  const [size, outputSize] = [blocks * rows * columns, blocks * columns];
  return (heap, lanes, [input], output) => {
    if (input.laneStride === size && output.laneStride === outputSize) {
      fold(heap, lanes * blocks, input.offset, output.offset);
      return;
    }
    for (let lane = 0; lane < lanes; lane++)
      fold(heap, blocks, input.offset + lane * input.laneStride, output.offset + lane * output.laneStride);
  };
}
