import { formatShape, type Shape, sameShape, sizeOf } from '../../tensors/tensor.ts';
import { real } from '../complex/complex.ts';
import { entryOf, setEntry } from '../complex/complex-values.ts';
import { type Kernel, type Op, ShapeError } from '../op.ts';
import { FREE } from '../region.ts';
import { spreadElementwise, spreadWhole } from '../spread.ts';
import { wholeNumber } from './attributes.ts';
import { broadcastShapes, broadcastStrides, loopNest, offsetTable } from './broadcast.ts';

/** where(condition, a, b): a where the condition is not 0, else b. */
const where: Op = {
  name: 'where',
  arity: 3,
  inferShape: (shapes) => broadcastShapes('where', shapes),
  compile: (shapes, _attributes, output) => selectKernel(shapes, output),
  compileComplex(shapes, _attributes, output) {
    const [condition, a, b] = shapes.map((shape) => offsetTable(output, broadcastStrides(shape, output)));
    return (inputs, selected, kinks) => {
      for (let i = 0; i < condition.length; i++) {
        const holds = kinks.side(entryOf(inputs[0], condition[i])) !== 0;
        setEntry(selected, i, holds ? entryOf(inputs[1], a[i]) : entryOf(inputs[2], b[i]));
      }
    };
  },
  flops: (_shapes, _attributes, output) => sizeOf(output),
  linear: ([condition]) => !condition,
  unmoved: (input) => (input === 0 ? 'base' : 'zero'),
  transposed(input, shapes, _attributes, output) {
    const own = offsetTable(output, broadcastStrides(shapes[input], output));
    const condition = offsetTable(output, broadcastStrides(shapes[0], output));
    return ({ floats: memory }, inputs, weights, target) => {
      for (let i = 0; i < own.length; i++) {
        const chosen = memory[inputs[0].offset + condition[i]] !== 0;
        if (chosen === (input === 1)) memory[target + own[i]] += memory[weights + i];
      }
    };
  },
  spread: spreadElementwise,
  compileBranches([shape], _attributes, output) {
    const table = offsetTable(output, broadcastStrides(shape, output));
    return (memory, [moved], [base], crossed) => {
      for (let i = 0; i < table.length; i++) {
        if ((memory[moved + table[i]] !== 0) !== (memory[base + table[i]] !== 0)) crossed(i);
      }
    };
  },
};

/** Runs the kernel on the two innermost loops; where there are not two, the lanes are the rows. */
function selectKernel(shapes: readonly Shape[], output: Shape): Kernel {
  const { outer, outerStrides, length, innerStrides } = loopNest(
    output,
    shapes.map((shape) => broadcastStrides(shape, output)),
  );
  const [condition, a, b] = innerStrides;
  const rows = outer.at(-1);
  if (rows === undefined) {
    return ({ kernels }, lanes, [c, x, y], out) => {
      kernels.select(
        lanes,
        length,
        c.offset,
        c.laneStride,
        condition,
        x.offset,
        x.laneStride,
        a,
        y.offset,
        y.laneStride,
        b,
        out.offset,
        out.laneStride,
        1,
      );
    };
  }
  const [conditionRow, aRow, bRow] = outerStrides.map((strides) => strides[strides.length - 1]);
  const blocks = outerStrides.map((strides) => offsetTable(outer.slice(0, -1), strides.slice(0, -1)));
  return ({ kernels }, lanes, inputs, out) => {
    for (let lane = 0; lane < lanes; lane++) {
      const [c, x, y] = inputs.map(({ offset, laneStride }) => offset + lane * laneStride);
      let to = out.offset + lane * out.laneStride;
      for (let block = 0; block < blocks[0].length; block++) {
        const test = c + blocks[0][block];
        const from = x + blocks[1][block];
        const other = y + blocks[2][block];
        kernels.select(
          rows,
          length,
          test,
          conditionRow,
          condition,
          from,
          aRow,
          a,
          other,
          bRow,
          b,
          to,
          length,
          1,
        );
        to += rows * length;
      }
    }
  };
}

/** The offset of the entry that `index` names on the line of x that belongs to output entry i; −1 when there is none. */
function pickedEntry(shape: Shape, axis: number): (i: number, index: number) => number {
  const inner = sizeOf(shape.slice(axis + 1));
  const count = shape[axis];
  return (i, index) => {
    if (!Number.isInteger(index) || index < 0 || index >= count) return -1;
    return (Math.floor(i / inner) * count + index) * inner + (i % inner);
  };
}

/** pick(x, indices): of each line of x along `axis`, the entry that `indices` names. NaN where it names none. */
const pick: Op = {
  name: 'pick',
  arity: 2,
  inferShape([shape, indices], attributes) {
    const axis = wholeNumber(attributes, 'axis');
    const rest = shape.filter((_, i) => i !== axis);
    if (axis < 0 || axis >= shape.length || !sameShape(rest, indices)) {
      throw new ShapeError(
        `pick along axis ${axis} of shape ${formatShape(shape)} needs indices of shape ${formatShape(rest)}, not ${formatShape(indices)}`,
      );
    }
    return rest;
  },
  compile([shape], attributes, output) {
    const entry = pickedEntry(shape, wholeNumber(attributes, 'axis'));
    const size = sizeOf(output);
    return ({ floats: memory }, lanes, [x, indices], out) => {
      for (let lane = 0; lane < lanes; lane++) {
        const from = x.offset + lane * x.laneStride;
        const chosen = indices.offset + lane * indices.laneStride;
        const to = out.offset + lane * out.laneStride;
        for (let i = 0; i < size; i++) {
          const offset = entry(i, memory[chosen + i]);
          memory[to + i] = offset >= 0 ? memory[from + offset] : Number.NaN;
        }
      }
    };
  },
  compileComplex([shape], attributes) {
    const entry = pickedEntry(shape, wholeNumber(attributes, 'axis'));
    return ([x, indices], picked) => {
      for (let i = 0; i < picked.re.length; i++) {
        // An index that moves names no entry on either side.
        const offset = indices.im[i] === 0 ? entry(i, indices.re[i]) : -1;
        setEntry(picked, i, offset >= 0 ? entryOf(x, offset) : real(Number.NaN));
      }
    };
  },
  flops: (_shapes, _attributes, output) => sizeOf(output),
  linear: (moved) => !moved[1],
  unmoved: () => 'base',
  transposed(_input, [shape], attributes, output) {
    const entry = pickedEntry(shape, wholeNumber(attributes, 'axis'));
    const size = sizeOf(output);
    return ({ floats: memory }, inputs, weights, target) => {
      for (let i = 0; i < size; i++) {
        const offset = entry(i, memory[inputs[1].offset + i]);
        if (offset >= 0) memory[target + offset] += memory[weights + i];
      }
    };
  },
  spread(query, attributes) {
    const [fixed] = query.moved;
    if (fixed === undefined || query.moved[1] !== undefined) return spreadWhole(query);
    const axis = wholeNumber(attributes, 'axis');
    const input = fixed.with(axis, FREE);
    const output = input.toSpliced(axis, 1);
    return { inputs: [input, output], output };
  },
};

export const selection: readonly Op[] = [where, pick];
