import type { Shape } from '../../tensors/tensor.ts';
import type { Attributes } from '../graph.ts';
import type { Kernel } from '../op.ts';
import { overStack, stackOf } from './stack.ts';

/**
 * Sums, or means, by kernels; undefined where there is no stack. The kernels add in the order of `orderedSum`, so that
 * a part of a node has the bits that the whole has.
 */
export function stackedSums(of: 'sum' | 'mean', shape: Shape, attributes: Attributes): Kernel | undefined {
  const stack = stackOf(shape, attributes);
  if (stack === undefined) return undefined;
  const { rows, columns } = stack;
  return overStack(stack, ({ kernels, floats }, blocks, from, to) => {
    if (columns === 1) kernels.sumRows(blocks, rows, from, rows, 1, to, 1);
    else {
      for (let block = 0; block < blocks; block++)
        kernels.sumColumns(rows, columns, from + block * rows * columns, columns, to + block * columns);
    }
    if (of === 'sum') return;
    for (let i = to; i < to + blocks * columns; i++) floats[i] /= rows;
  });
}
