import type { Shape } from '../../tensors/tensor.ts';
import { formatShape, sizeOf } from '../../tensors/tensor.ts';
import type { Attributes } from '../graph.ts';
import { type Op, ShapeError } from '../op.ts';
import { spreadAlong } from '../spread.ts';
import { wholeNumber } from './attributes.ts';

/** One line of `count` entries, `stride` apart, read at `from`; what is written goes to `to`. */
type Line = (memory: Float64Array, from: number, to: number, count: number, stride: number) => void;

function alongAxis(name: string, line: Line, keepsLength: boolean): Op {
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
      const outputRow = keepsLength ? count * inner : inner;
      return (memory, lanes, [input], output) => {
        for (let lane = 0; lane < lanes; lane++) {
          const from = input.offset + lane * input.laneStride;
          const to = output.offset + lane * output.laneStride;
          for (let row = 0; row < outer; row++) {
            for (let i = 0; i < inner; i++)
              line(memory, from + row * count * inner + i, to + row * outputRow + i, count, inner);
          }
        }
      };
    },
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

/** Largest entry of a line: what is taken off before exponentials, so that none overflows. */
function lineMax(memory: Float64Array, from: number, count: number, stride: number): number {
  let best = memory[from];
  for (let j = 1; j < count; j++) {
    const value = memory[from + j * stride];
    if (value > best) best = value;
  }
  return best;
}

function sumOfExp(memory: Float64Array, from: number, count: number, stride: number, max: number): number {
  let total = 0;
  for (let j = 0; j < count; j++) total += Math.exp(memory[from + j * stride] - max);
  return total;
}

const softmaxLine: Line = (memory, from, to, count, stride) => {
  const max = lineMax(memory, from, count, stride);
  let total = 0;
  for (let j = 0; j < count; j++) {
    const e = Math.exp(memory[from + j * stride] - max);
    memory[to + j * stride] = e;
    total += e;
  }
  for (let j = 0; j < count; j++) memory[to + j * stride] /= total;
};

const logSoftmaxLine: Line = (memory, from, to, count, stride) => {
  const max = lineMax(memory, from, count, stride);
  const logTotal = Math.log(sumOfExp(memory, from, count, stride, max));
  for (let j = 0; j < count; j++) memory[to + j * stride] = memory[from + j * stride] - max - logTotal;
};

const logSumExpLine: Line = (memory, from, to, count, stride) => {
  const max = lineMax(memory, from, count, stride);
  memory[to] = Number.isFinite(max) ? max + Math.log(sumOfExp(memory, from, count, stride, max)) : max;
};

export const softmaxFamily: readonly Op[] = [
  alongAxis('softmax', softmaxLine, true),
  alongAxis('log-softmax', logSoftmaxLine, true),
  alongAxis('log-sum-exp', logSumExpLine, false),
];
