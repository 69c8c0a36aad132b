import type { Shape } from '../../tensors/tensor.ts';
import { formatShape, sizeOf, stridesOf } from '../../tensors/tensor.ts';
import { eachEntry, entryOf, pickEntries, setEntry } from '../complex/complex-values.ts';
import type { Attributes } from '../graph.ts';
import { type Kernel, type Op, ShapeError, type TransposedKernel } from '../op.ts';
import { FREE } from '../region.ts';
import { common, pullAlong, spreadAlong, spreadElementwise, spreadWhole } from '../spread.ts';
import { numberList, wholeNumber } from './attributes.ts';
import { broadcastShapes, broadcastStrides, loopNest, offsetTable } from './broadcast.ts';

const linear = () => true;

/**
 * The output's entries in order from an input that is stepped through with these strides, from `start` on. The two
 * innermost loops of the nest are one call of the kernel; where there are not two, the lanes are the rows.
 */
function stridedCopy(output: Shape, strides: readonly number[], start = 0): Kernel {
  const { outer, outerStrides, length, innerStrides } = loopNest(output, [strides]);
  const [column] = innerStrides;
  const rows = outer.at(-1);
  if (rows === undefined) {
    return ({ kernels }, lanes, [input], out) =>
      kernels.copy(
        lanes,
        length,
        input.offset + start,
        input.laneStride,
        column,
        out.offset,
        out.laneStride,
        1,
      );
  }
  const row = outerStrides[0][outer.length - 1];
  const blocks = offsetTable(outer.slice(0, -1), outerStrides[0].slice(0, -1), start);
  return ({ kernels }, lanes, [input], out) => {
    for (let lane = 0; lane < lanes; lane++) {
      const from = input.offset + lane * input.laneStride;
      let to = out.offset + lane * out.laneStride;
      for (const block of blocks) {
        kernels.copy(rows, length, from + block, row, column, to, length, 1);
        to += rows * length;
      }
    }
  };
}

/** input[table[i]] += weights[i]. */
function scatterAdd(table: Int32Array): TransposedKernel {
  return ({ floats: memory }, _inputs, weights, target) => {
    for (let i = 0; i < table.length; i++) memory[target + table[i]] += memory[weights + i];
  };
}

const transpose: Op = {
  name: 'transpose',
  arity: 1,
  inferShape([shape], attributes) {
    const axes = numberList(attributes, 'axes');
    if (
      axes.length !== shape.length ||
      new Set(axes).size !== axes.length ||
      axes.some((axis) => axis < 0 || axis >= shape.length)
    ) {
      throw new ShapeError(`transpose of shape ${formatShape(shape)} cannot take axes ${formatShape(axes)}`);
    }
    return axes.map((axis) => shape[axis]);
  },
  compile: ([shape], attributes, output) => stridedCopy(output, transposeStrides(shape, attributes)),
  compileComplex: ([shape], attributes, output) =>
    pickEntries(offsetTable(output, transposeStrides(shape, attributes))),
  transposed: (_input, [shape], attributes, output) =>
    scatterAdd(offsetTable(output, transposeStrides(shape, attributes))),
  spread: (query, attributes) => spreadAlong(query, numberList(attributes, 'axes')),
  pull: (output, shapes, attributes) => pullAlong(output, shapes, numberList(attributes, 'axes')),
  flops: ([shape]) => sizeOf(shape),
  linear,
};

function transposeStrides(shape: Shape, attributes: Attributes): number[] {
  const strides = stridesOf(shape);
  return numberList(attributes, 'axes').map((axis) => strides[axis]);
}

const reshape: Op = {
  name: 'reshape',
  arity: 1,
  inferShape([shape], attributes) {
    const target = numberList(attributes, 'shape');
    if (sizeOf(target) !== sizeOf(shape)) {
      throw new ShapeError(
        `reshape cannot make ${formatShape(target)} of ${formatShape(shape)}: ${sizeOf(target)} and ${sizeOf(shape)} entries`,
      );
    }
    return target;
  },
  compile([shape]) {
    const size = sizeOf(shape);
    return ({ floats: memory }, lanes, [input], output) => {
      for (let lane = 0; lane < lanes; lane++) {
        const from = input.offset + lane * input.laneStride;
        memory.copyWithin(output.offset + lane * output.laneStride, from, from + size);
      }
    };
  },
  compileComplex: () => eachEntry((z) => z),
  flops: ([shape]) => sizeOf(shape),
  linear,
  transposed(_input, [shape]) {
    const size = sizeOf(shape);
    return ({ floats: memory }, _inputs, weights, target) => {
      for (let i = 0; i < size; i++) memory[target + i] += memory[weights + i];
    };
  },
  spread: (query) => spreadAlong(query, carriedAxes(query.shapes[0], query.output)),
  pull: (output, shapes, _attributes, shape) => pullAlong(output, shapes, carriedAxes(shapes[0], shape)),
};

/**
 * For each axis of `output` the axis of `input` that it is, if any. Both shapes are cut wherever the sizes up to there
 * are the same ([m,T,12] and [m,T,3,4] after m and after T); an axis that is a piece by itself in both is carried over.
 */
function carriedAxes(input: Shape, output: Shape): (number | undefined)[] {
  const sources: (number | undefined)[] = output.map(() => undefined);
  if (sizeOf(input) === 0) return sources;
  let [i, j] = [0, 0];
  while (i < input.length && j < output.length) {
    if (input[i] === 1) i++;
    else if (output[j] === 1) j++;
    else if (input[i] === output[j]) sources[j++] = i++;
    else {
      let [from, to] = [input[i++], output[j++]];
      while (from !== to) {
        if (from < to) from *= input[i++];
        else to *= output[j++];
      }
    }
  }
  return sources;
}

const broadcastTo: Op = {
  name: 'broadcast-to',
  arity: 1,
  inferShape([shape], attributes) {
    const target = numberList(attributes, 'shape');
    const common = broadcastShapes('broadcast-to', [shape, target]);
    if (common.length !== target.length || common.some((length, axis) => length !== target[axis])) {
      throw new ShapeError(`broadcast-to cannot make ${formatShape(target)} of ${formatShape(shape)}`);
    }
    return target;
  },
  compile: ([shape], _attributes, output) => stridedCopy(output, broadcastStrides(shape, output)),
  compileComplex: ([shape], _attributes, output) =>
    pickEntries(offsetTable(output, broadcastStrides(shape, output))),
  flops: (_shapes, _attributes, output) => sizeOf(output),
  linear,
  transposed: (_input, [shape], _attributes, output) =>
    scatterAdd(offsetTable(output, broadcastStrides(shape, output))),
  // The length to repeat to is an attribute, so what is repeated cannot be a part of it.
  spread(query) {
    const { inputs, output } = spreadElementwise(query);
    return output.every((coordinate) => coordinate === FREE) ? { inputs, output } : spreadWhole(query);
  },
};

const concat: Op = {
  name: 'concat',
  arity: { atLeast: 1 },
  inferShape(shapes, attributes) {
    const axis = wholeNumber(attributes, 'axis');
    const [first] = shapes;
    const fits = (shape: Shape) =>
      shape.length === first.length && shape.every((length, i) => i === axis || length === first[i]);
    if (axis < 0 || axis >= first.length || !shapes.every(fits)) {
      throw new ShapeError(
        `concat cannot join shapes ${shapes.map(formatShape).join(' and ')} along axis ${axis}`,
      );
    }
    return first.map((length, i) =>
      i === axis ? shapes.reduce((total, shape) => total + shape[axis], 0) : length,
    );
  },
  compile(shapes, attributes, output) {
    const axis = wholeNumber(attributes, 'axis');
    const rows = sizeOf(output.slice(0, axis));
    const widths = shapes.map((shape) => sizeOf(shape.slice(axis)));
    const width = sizeOf(output.slice(axis));
    return ({ floats: memory }, lanes, inputs, out) => {
      for (let lane = 0; lane < lanes; lane++) {
        let at = out.offset + lane * out.laneStride;
        for (let i = 0; i < inputs.length; i++) {
          const from = inputs[i].offset + lane * inputs[i].laneStride;
          for (let row = 0; row < rows; row++) {
            memory.copyWithin(at + row * width, from + row * widths[i], from + (row + 1) * widths[i]);
          }
          at += widths[i];
        }
      }
    };
  },
  compileComplex(shapes, attributes, output) {
    const tables = shapes.map((_, input) => joinedEntries(input, shapes, attributes, output));
    return (inputs, joined) => {
      tables.forEach((table, input) => {
        for (let i = 0; i < table.length; i++) setEntry(joined, table[i], entryOf(inputs[input], i));
      });
    };
  },
  flops: (_shapes, _attributes, output) => sizeOf(output),
  linear,
  unmoved: () => 'zero',
  transposed: (input, shapes, attributes, output) =>
    scatterFrom(joinedEntries(input, shapes, attributes, output)),
  spread({ moved, shapes, output }, attributes) {
    const axis = wholeNumber(attributes, 'axis');
    const fixed = output.map((length, i) =>
      i === axis || length === 1 ? FREE : common(moved, (input) => moved[input]?.[i] ?? FREE),
    );
    return { inputs: shapes.map(() => fixed), output: fixed };
  },
};

/** Where the entries of one input of a concat lie in its output. */
function joinedEntries(
  input: number,
  shapes: readonly Shape[],
  attributes: Attributes,
  output: Shape,
): Int32Array {
  const axis = wholeNumber(attributes, 'axis');
  const start = shapes.slice(0, input).reduce((sum, shape) => sum + sizeOf(shape.slice(axis)), 0);
  return offsetTable(shapes[input], stridesOf(output), start);
}

/** input[i] += weights[table[i]]. */
function scatterFrom(table: Int32Array): TransposedKernel {
  return ({ floats: memory }, _inputs, weights, target) => {
    for (let i = 0; i < table.length; i++) memory[target + i] += memory[weights + table[i]];
  };
}

const slice: Op = {
  name: 'slice',
  arity: 1,
  inferShape([shape], attributes) {
    const { starts, ends, steps } = sliceBounds(attributes);
    if (starts.length !== shape.length)
      throw new ShapeError(`slice needs one range per axis of shape ${formatShape(shape)}`);
    return shape.map((length, axis) => {
      const count = Math.max(0, Math.ceil((ends[axis] - starts[axis]) / steps[axis]));
      const last = starts[axis] + (count - 1) * steps[axis];
      if (count > 0 && (starts[axis] < 0 || starts[axis] >= length || last < 0 || last >= length)) {
        throw new ShapeError(`slice is outside axis ${axis} of shape ${formatShape(shape)}`);
      }
      return count;
    });
  },
  compile([shape], attributes, output) {
    const { strides, start } = sliceSteps(shape, attributes);
    return stridedCopy(output, strides, start);
  },
  compileComplex([shape], attributes, output) {
    const { strides, start } = sliceSteps(shape, attributes);
    return pickEntries(offsetTable(output, strides, start));
  },
  transposed(_input, [shape], attributes, output) {
    const { strides, start } = sliceSteps(shape, attributes);
    return scatterAdd(offsetTable(output, strides, start));
  },
  flops: (_shapes, _attributes, output) => sizeOf(output),
  linear,
  spread: (query, attributes) => spreadAlong(query, uncutAxes(query.shapes[0], attributes)),
  pull: (output, shapes, attributes) => pullAlong(output, shapes, uncutAxes(shapes[0], attributes)),
};

/** The axes that are taken whole, and in order. */
function uncutAxes(shape: Shape, attributes: Attributes): (number | undefined)[] {
  const { starts, ends, steps } = sliceBounds(attributes);
  return shape.map((length, axis) =>
    starts[axis] === 0 && ends[axis] >= length && steps[axis] === 1 ? axis : undefined,
  );
}

/** Where a slice starts in the input, and how it steps through it. */
function sliceSteps(
  shape: Shape,
  attributes: Attributes,
): { readonly strides: number[]; readonly start: number } {
  const { starts, steps } = sliceBounds(attributes);
  const strides = stridesOf(shape);
  return {
    strides: strides.map((stride, axis) => stride * steps[axis]),
    start: strides.reduce((offset, stride, axis) => offset + stride * starts[axis], 0),
  };
}

function sliceBounds(attributes: Attributes) {
  const bounds = {
    starts: numberList(attributes, 'starts'),
    ends: numberList(attributes, 'ends'),
    steps: numberList(attributes, 'steps'),
  };
  if (
    bounds.ends.length !== bounds.starts.length ||
    bounds.steps.length !== bounds.starts.length ||
    bounds.steps.includes(0)
  ) {
    throw new ShapeError('slice needs as many starts, ends and nonzero steps');
  }
  return bounds;
}

export const movement: readonly Op[] = [transpose, reshape, broadcastTo, concat, slice];
