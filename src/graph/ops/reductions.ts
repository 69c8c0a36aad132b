import type { Shape } from '../../tensors/tensor.ts';
import { formatShape, sizeOf, stridesOf } from '../../tensors/tensor.ts';
import type { Complex } from '../complex/complex.ts';
import { type ComplexValues, entryOf, setEntry } from '../complex/complex-values.ts';
import type { KinkWatch } from '../complex/kink-watch.ts';
import type { Attributes } from '../graph.ts';
import { type BranchKernel, type BranchTest, type Kernel, type Op, ShapeError } from '../op.ts';
import { FREE } from '../region.ts';
import { type Spread, type SpreadQuery, spreadAlong } from '../spread.ts';
import { numberList } from './attributes.ts';
import { offsetTable } from './broadcast.ts';
import { orderedSum } from './ordered-sum.ts';
import { stackedExtremes, testStackedChoices } from './stacked-extremes.ts';
import { stackedSums } from './stacked-sums.ts';

/** Reduces the entries `memory[from + table[j]]`, j = 0 … table.length − 1, to one number. */
type Reduce = (memory: Float64Array, from: number, table: Int32Array) => number;

/** The same of complex entries. */
type ComplexReduce = (input: ComplexValues, from: number, table: Int32Array, kinks: KinkWatch) => Complex;

function reduction(
  name: string,
  reduce: Reduce,
  continuation: ComplexReduce,
  more: Pick<Op, 'linear' | 'transposed' | 'spread' | 'compileAdding'> & {
    readonly empty: boolean;
    /** The same by kernels, for shapes that they take. */
    readonly stacked: (shape: Shape, attributes: Attributes) => Kernel | undefined;
    /** For max and min: 1 where the largest entry is chosen, −1 where the smallest one is. */
    readonly sign?: 1 | -1;
  },
): Op {
  const { empty, sign, stacked, ...linearity } = more;
  return {
    name,
    arity: 1,
    inferShape: ([shape], attributes) => reducedShape(name, shape, attributes, empty),
    compile([shape], attributes) {
      const byKernels = stacked(shape, attributes);
      if (byKernels !== undefined) return byKernels;
      const { rows, entries } = reductionTables(shape, attributes);
      return ({ floats: memory }, lanes, [input], output) => {
        for (let lane = 0; lane < lanes; lane++) {
          const from = input.offset + lane * input.laneStride;
          const to = output.offset + lane * output.laneStride;
          for (let row = 0; row < rows.length; row++)
            memory[to + row] = reduce(memory, from + rows[row], entries);
        }
      };
    },
    compileComplex([shape], attributes) {
      const { rows, entries } = reductionTables(shape, attributes);
      return ([input], output, kinks) => {
        for (let row = 0; row < rows.length; row++)
          setEntry(output, row, continuation(input, rows[row], entries, kinks));
      };
    },
    flops: ([shape]) => sizeOf(shape),
    spread: spreadReduction,
    ...(sign === undefined ? {} : choices(sign)),
    ...linearity,
  };
}

/** Offsets of each output entry's first input entry, and of the entries that are reduced, from there. */
function reductionTables(shape: Shape, attributes: Attributes) {
  const axes = numberList(attributes, 'axes');
  const strides = stridesOf(shape);
  const table = (list: readonly number[]) =>
    offsetTable(
      list.map((axis) => shape[axis]),
      list.map((axis) => strides[axis]),
    );
  return { rows: table(keptAxes(shape, axes)), entries: table([...axes].sort((a, b) => a - b)) };
}

function keptAxes(shape: Shape, axes: readonly number[]): number[] {
  return shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
}

/** For each output axis the input axis it is; undefined for one kept at length 1. */
function outputAxes(shape: Shape, attributes: Attributes): (number | undefined)[] {
  const axes = numberList(attributes, 'axes');
  return attributes.keepDims === true
    ? shape.map((_, axis) => (axes.includes(axis) ? undefined : axis))
    : keptAxes(shape, axes);
}

function spreadReduction(query: SpreadQuery, attributes: Attributes): Spread {
  return spreadAlong(query, outputAxes(query.shapes[0], attributes));
}

/** A sum over a fixed axis changes by the change of the one entry. */
function spreadSum(query: SpreadQuery, attributes: Attributes): Spread {
  const [fixed] = query.moved;
  const plain = spreadReduction(query, attributes);
  const update = fixed !== undefined && numberList(attributes, 'axes').some((axis) => fixed[axis] !== FREE);
  return update ? { inputs: [fixed], output: plain.output, update } : plain;
}

function addingSum([shape]: readonly Shape[], attributes: Attributes): Kernel {
  const { rows, entries } = reductionTables(shape, attributes);
  return ({ floats: memory }, lanes, [input], output) => {
    for (let lane = 0; lane < lanes; lane++) {
      const from = input.offset + lane * input.laneStride;
      const to = output.offset + lane * output.laneStride;
      for (let row = 0; row < rows.length; row++)
        memory[to + row] += orderedSum(memory, from + rows[row], entries);
    }
  };
}

/** Every entry of the input has the weight of the entry it is summed into, times `factor`. */
function transposedSum(factor: (count: number) => number): NonNullable<Op['transposed']> {
  return (_input, [shape], attributes) => {
    const { rows, entries } = reductionTables(shape, attributes);
    const scale = factor(entries.length);
    return ({ floats: memory }, _inputs, weights, target) => {
      for (let row = 0; row < rows.length; row++) {
        const weight = scale * memory[weights + row];
        for (let i = 0; i < entries.length; i++) memory[target + rows[row] + entries[i]] += weight;
      }
    };
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
  reduction('sum', orderedSum, eachPart(orderedSum), {
    linear: () => true,
    transposed: transposedSum(() => 1),
    spread: spreadSum,
    compileAdding: addingSum,
    stacked: (shape, attributes) => stackedSums('sum', shape, attributes),
    empty: true,
  }),
  reduction('mean', mean, eachPart(mean), {
    linear: () => true,
    transposed: transposedSum((count) => 1 / count),
    stacked: (shape, attributes) => stackedSums('mean', shape, attributes),
    empty: false,
  }),
  reduction('max', (memory, from, table) => memory[from + extreme(memory, from, table, 1)], extremeEntry(1), {
    sign: 1,
    stacked: (shape, attributes) => stackedExtremes(1, shape, attributes),
    empty: false,
  }),
  reduction(
    'min',
    (memory, from, table) => memory[from + extreme(memory, from, table, -1)],
    extremeEntry(-1),
    {
      sign: -1,
      stacked: (shape, attributes) => stackedExtremes(-1, shape, attributes),
      empty: false,
    },
  ),
];

function mean(memory: Float64Array, from: number, table: Int32Array): number {
  return orderedSum(memory, from, table) / table.length;
}

/** Linear, so that it reduces either part by itself. */
function eachPart(reduce: Reduce): ComplexReduce {
  return ({ re, im }, from, table) => ({ re: reduce(re, from, table), im: reduce(im, from, table) });
}

/** The first entry whose real part times `sign` is the largest. */
function extremeEntry(sign: 1 | -1): ComplexReduce {
  return (input, from, table, kinks) => {
    const chosen = entryOf(input, from + extreme(input.re, from, table, sign));
    for (const offset of table) kinks.compare(chosen, entryOf(input, from + offset));
    return chosen;
  };
}

/** The offset of the first largest entry times `sign`, or of the first NaN. */
function extreme(memory: Float64Array, from: number, table: Int32Array, sign: 1 | -1): number {
  let best = table[0];
  for (let j = 1; j < table.length; j++) {
    const value = memory[from + table[j]];
    if (sign * value > sign * memory[from + best] || Number.isNaN(value)) best = table[j];
    if (Number.isNaN(memory[from + best])) return best;
  }
  return best;
}

/** The pieces of max and min: which entry is chosen. */
function choices(sign: 1 | -1): Pick<Op, 'compileBranches' | 'compileBranchTest'> {
  return {
    compileBranches: ([shape], attributes) => compareChoice(sign, shape, attributes),
    compileBranchTest: ([shape], attributes) =>
      testStackedChoices(sign, shape, attributes) ?? anyChoice(sign, shape, attributes),
  };
}

function anyChoice(sign: 1 | -1, shape: Shape, attributes: Attributes): BranchTest {
  const compare = compareChoice(sign, shape, attributes);
  return ({ floats }, moved, base) => {
    let isAny = false;
    compare(floats, moved, base, () => {
      isAny = true;
    });
    return isAny;
  };
}

function compareChoice(sign: 1 | -1, shape: Shape, attributes: Attributes): BranchKernel {
  const { rows, entries } = reductionTables(shape, attributes);
  return (memory, [moved], [base], crossed) => {
    for (let row = 0; row < rows.length; row++) {
      const now = extreme(memory, moved + rows[row], entries, sign);
      if (now !== extreme(memory, base + rows[row], entries, sign)) crossed(row);
    }
  };
}
