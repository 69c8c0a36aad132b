import type { Shape } from '../../tensors/tensor.ts';
import { formatShape, sizeOf, stridesOf } from '../../tensors/tensor.ts';
import type { Attributes } from '../graph.ts';
import { type Op, ShapeError } from '../op.ts';
import { numberList } from './attributes.ts';
import { offsetTable } from './broadcast.ts';
import { pairwiseSum } from './pairwise-sum.ts';

/** Reduces the entries `memory[from + table[j]]`, j = 0 … table.length − 1, to one number. */
type Reduce = (memory: Float64Array, from: number, table: Int32Array) => number;

function reduction(name: string, reduce: Reduce, more: Pick<Op, 'linear'> & { readonly empty: boolean }): Op {
  return {
    name,
    arity: 1,
    inferShape: ([shape], attributes) => reducedShape(name, shape, attributes, more.empty),
    compile([shape], attributes) {
      const axes = numberList(attributes, 'axes');
      const strides = stridesOf(shape);
      const kept = shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
      const table = (list: readonly number[]) =>
        offsetTable(
          list.map((axis) => shape[axis]),
          list.map((axis) => strides[axis]),
        );
      const rows = table(kept);
      const entries = table([...axes].sort((a, b) => a - b));
      return (memory, lanes, [input], output) => {
        for (let lane = 0; lane < lanes; lane++) {
          const from = input.offset + lane * input.laneStride;
          const to = output.offset + lane * output.laneStride;
          for (let row = 0; row < rows.length; row++)
            memory[to + row] = reduce(memory, from + rows[row], entries);
        }
      };
    },
    flops: ([shape]) => sizeOf(shape),
    ...(more.linear ? { linear: more.linear } : {}),
  };
}

function reducedShape(name: string, shape: Shape, attributes: Attributes, emptyAllowed: boolean): Shape {
  const axes = numberList(attributes, 'axes');
  if (new Set(axes).size !== axes.length || axes.some((axis) => axis < 0 || axis >= shape.length)) {
    throw new ShapeError(`${name} over axes ${formatShape(axes)} does not fit shape ${formatShape(shape)}`);
  }
  if (!emptyAllowed && axes.some((axis) => shape[axis] === 0)) {
    throw new ShapeError(`${name} over no entries is undefined (shape ${formatShape(shape)})`);
  }
  if (attributes.keepDims === true) return shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
  return shape.filter((_, axis) => !axes.includes(axis));
}

export const reductions: readonly Op[] = [
  reduction('sum', pairwiseSum, { linear: () => true, empty: true }),
  reduction('mean', (memory, from, table) => pairwiseSum(memory, from, table) / table.length, {
    linear: () => true,
    empty: false,
  }),
  reduction('max', (memory, from, table) => extreme(memory, from, table, 1), { empty: false }),
  reduction('min', (memory, from, table) => extreme(memory, from, table, -1), { empty: false }),
];

/** The largest entry times `sign`; NaN when any entry is. */
function extreme(memory: Float64Array, from: number, table: Int32Array, sign: 1 | -1): number {
  let best = memory[from + table[0]];
  for (let j = 1; j < table.length; j++) {
    const value = memory[from + table[j]];
    if (sign * value > sign * best || Number.isNaN(value)) best = value;
    if (Number.isNaN(best)) return best;
  }
  return best;
}
