import { formatShape, sameShape, sizeOf } from '../../tensors/tensor.ts';
import { type Op, ShapeError } from '../op.ts';
import { wholeNumber } from './attributes.ts';
import { broadcastShapes, broadcastStrides, offsetTable } from './broadcast.ts';

/** where(condition, a, b): a where the condition is not 0, else b. */
const where: Op = {
  name: 'where',
  arity: 3,
  inferShape: (shapes) => broadcastShapes('where', shapes),
  compile(shapes, _attributes, output) {
    const tables = shapes.map((shape) => offsetTable(output, broadcastStrides(shape, output)));
    const size = sizeOf(output);
    return (memory, lanes, inputs, out) => {
      for (let lane = 0; lane < lanes; lane++) {
        const [condition, a, b] = inputs.map((input) => input.offset + lane * input.laneStride);
        const to = out.offset + lane * out.laneStride;
        for (let i = 0; i < size; i++) {
          memory[to + i] =
            memory[condition + tables[0][i]] !== 0 ? memory[a + tables[1][i]] : memory[b + tables[2][i]];
        }
      }
    };
  },
  flops: (_shapes, _attributes, output) => sizeOf(output),
  linear: ([condition]) => !condition,
  unmoved: (input) => (input === 0 ? 'base' : 'zero'),
};

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
    const axis = wholeNumber(attributes, 'axis');
    const inner = sizeOf(shape.slice(axis + 1));
    const count = shape[axis];
    const size = sizeOf(output);
    return (memory, lanes, [x, indices], out) => {
      for (let lane = 0; lane < lanes; lane++) {
        const from = x.offset + lane * x.laneStride;
        const chosen = indices.offset + lane * indices.laneStride;
        const to = out.offset + lane * out.laneStride;
        for (let i = 0; i < size; i++) {
          const index = memory[chosen + i];
          const line = Math.floor(i / inner) * count * inner + (i % inner);
          memory[to + i] =
            Number.isInteger(index) && index >= 0 && index < count
              ? memory[from + line + index * inner]
              : Number.NaN;
        }
      }
    };
  },
  flops: (_shapes, _attributes, output) => sizeOf(output),
  linear: (moved) => !moved[1],
  unmoved: () => 'base',
};

export const selection: readonly Op[] = [where, pick];
