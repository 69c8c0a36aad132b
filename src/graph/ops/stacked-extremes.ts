import type { Shape } from '../../tensors/tensor.ts';
import type { Attributes } from '../graph.ts';
import type { BranchTest, Kernel } from '../op.ts';
import { overStack, stackOf } from './stack.ts';

/** The largest entries (`sign` 1) or the smallest ones (−1), by kernels; undefined where there is no stack. */
export function stackedExtremes(sign: 1 | -1, shape: Shape, attributes: Attributes): Kernel | undefined {
  const stack = stackOf(shape, attributes);
  if (stack === undefined) return undefined;
  const { rows, columns } = stack;
  return overStack(stack, ({ kernels }, blocks, from, to) => {
    if (columns === 1) {
      const overRows = sign === 1 ? kernels.maxRows : kernels.minRows;
      overRows(blocks, rows, from, rows, 1, to, 1);
      return;
    }
    const overColumns = sign === 1 ? kernels.maxColumns : kernels.minColumns;
    for (let block = 0; block < blocks; block++)
      overColumns(rows, columns, from + block * rows * columns, columns, to + block * columns);
  });
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
