import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Attributes } from '../../src/graph/graph.ts';
import { type Op, ShapeError } from '../../src/graph/op.ts';
import { elementwiseBinary } from '../../src/graph/ops/elementwise-binary.ts';
import { elementwiseUnary } from '../../src/graph/ops/elementwise-unary.ts';
import { reductions } from '../../src/graph/ops/reductions.ts';
import { allOps, findOp } from '../../src/graph/ops/registry.ts';
import { softmaxFamily } from '../../src/graph/ops/softmax.ts';
import { unitSlope } from '../../src/graph/ops/unit-slope.ts';
import { formatShape, type Shape } from '../../src/tensors/tensor.ts';
import {
  indices,
  type OpDescription,
  opConformance,
  type PlainArray,
} from '../conformance/op-conformance.ts';
import { opKinkConformance } from '../conformance/op-kink-conformance.ts';
import { opRegionConformance } from '../conformance/op-region-conformance.ts';
import { heapWith } from '../fixtures/on-kernels.ts';
import { windowOps } from './window-ops.ts';

const length = fc.integer({ min: 1, max: 4 });
const anyShape = fc.array(length, { maxLength: 3 });
const filledShape = fc.array(length, { minLength: 1, maxLength: 3 });

function unary(
  name: string,
  f: (x: number) => number,
  range?: readonly [number, number],
  attributes = {},
): OpDescription {
  return {
    op: findOp(name),
    cases: anyShape.map((shape) => ({ shapes: [shape], attributes })),
    reference: ([x]) => ({ shape: x.shape, at: (index) => f(x.at(index)) }),
    ...(range ? { range } : {}),
  };
}

/** Two or more shapes that broadcast together: axes of a common shape, dropped from the front or set to 1. */
function broadcastable(count: number): fc.Arbitrary<Shape[]> {
  return anyShape.chain((common) =>
    fc.tuple(
      ...Array.from({ length: count }, () =>
        fc
          .tuple(
            fc.integer({ min: 0, max: common.length }),
            fc.array(fc.boolean(), { minLength: 3, maxLength: 3 }),
          )
          .map(([drop, ones]) => common.map((each, axis) => (ones[axis] ? 1 : each)).slice(drop)),
      ),
    ),
  );
}

function broadcastAt(array: PlainArray, shape: Shape): PlainArray['at'] {
  return (index) =>
    array.at(
      array.shape.map((each, axis) => (each === 1 ? 0 : index[shape.length - array.shape.length + axis])),
    );
}

function commonShape(shapes: readonly Shape[]): number[] {
  const rank = Math.max(...shapes.map((shape) => shape.length));
  return Array.from({ length: rank }, (_, axis) =>
    Math.max(...shapes.map((shape) => shape[axis - rank + shape.length] ?? 1)),
  );
}

function binary(
  name: string,
  f: (a: number, b: number) => number,
  range?: readonly [number, number],
): OpDescription {
  return {
    op: findOp(name),
    cases: broadcastable(2).map((shapes) => ({ shapes, attributes: {} })),
    reference(inputs) {
      const shape = commonShape(inputs.map((input) => input.shape));
      const [a, b] = inputs.map((input) => broadcastAt(input, shape));
      return { shape, at: (index) => f(a(index), b(index)) };
    },
    ...(range ? { range } : {}),
  };
}

function reduction(name: string, fold: (values: number[]) => number): OpDescription {
  return {
    op: findOp(name),
    cases: anyShape.chain((shape) =>
      fc
        .tuple(fc.subarray(shape.map((_, axis) => axis)), fc.boolean())
        .map(([axes, keepDims]) => ({ shapes: [shape], attributes: { axes, keepDims } })),
    ),
    reference([x], { axes, keepDims }) {
      const reduced = Array.isArray(axes) ? axes.map(Number) : [];
      const kept = x.shape.map((_, axis) => axis).filter((axis) => !reduced.includes(axis));
      const shape = keepDims
        ? x.shape.map((each, axis) => (reduced.includes(axis) ? 1 : each))
        : kept.map((axis) => x.shape[axis]);
      const entries = (index: readonly number[]) => {
        const wanted = keepDims ? kept.map((axis) => index[axis]) : index;
        return indices(x.shape).filter((candidate) => kept.every((axis, i) => candidate[axis] === wanted[i]));
      };
      return { shape, at: (index) => fold(entries(index).map((entry) => x.at(entry))) };
    },
  };
}

function alongAxis(
  name: string,
  f: (line: number[], at: number) => number,
  keepsLength: boolean,
): OpDescription {
  return {
    op: findOp(name),
    cases: filledShape.chain((shape) =>
      fc
        .integer({ min: 0, max: shape.length - 1 })
        .map((axis) => ({ shapes: [shape], attributes: { axis } })),
    ),
    reference([x], { axis }) {
      const along = Number(axis);
      const line = (index: readonly number[]) =>
        Array.from({ length: x.shape[along] }, (_, i) => x.at(index.with(along, i)));
      return {
        shape: keepsLength ? x.shape : x.shape.map((each, i) => (i === along ? 1 : each)),
        at: (index) => f(line(index), index[along]),
      };
    },
  };
}

const total = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0);
const logSumExp = (line: readonly number[]) => Math.log(total(line.map(Math.exp)));
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** erf by its Maclaurin series, which is accurate to 1e-12 where |x| ≤ 3. */
function erf(x: number): number {
  let [term, sum] = [x, x];
  for (let n = 1; n < 80; n++) {
    term *= -(x * x) / n;
    sum += term / (2 * n + 1);
  }
  return (2 / Math.sqrt(Math.PI)) * sum;
}

const matmul: OpDescription = {
  op: findOp('matmul'),
  cases: fc
    .record({
      rows: length,
      inner: length,
      columns: length,
      batch: broadcastable(2),
      left: fc.boolean(),
      right: fc.boolean(),
      transposeA: fc.boolean(),
      transposeB: fc.boolean(),
    })
    .map(({ rows, inner, columns, batch, left, right, transposeA, transposeB }) => ({
      shapes: [
        left ? [inner] : [...batch[0], ...(transposeA ? [inner, rows] : [rows, inner])],
        right ? [inner] : [...batch[1], ...(transposeB ? [columns, inner] : [inner, columns])],
      ],
      attributes: { transposeA, transposeB },
    })),
  reference([a, b], { transposeA, transposeB }) {
    const [leftVector, rightVector] = [a.shape.length === 1, b.shape.length === 1];
    const batch = commonShape([a.shape.slice(0, -2), b.shape.slice(0, -2)]);
    const inner = leftVector ? a.shape[0] : a.shape[a.shape.length - (transposeA ? 2 : 1)];
    const rows = leftVector ? [] : [a.shape[a.shape.length - (transposeA ? 1 : 2)]];
    const columns = rightVector ? [] : [b.shape[b.shape.length - (transposeB ? 2 : 1)]];
    const entry = (array: PlainArray, at: readonly number[], pair: readonly number[], swapped: boolean) => {
      if (array.shape.length === 1) return array.at([pair[0] + pair[1]]);
      const own = array.shape.slice(0, -2);
      const outer = own.map((each, axis) => (each === 1 ? 0 : at[batch.length - own.length + axis]));
      return array.at([...outer, ...(swapped ? [pair[1], pair[0]] : pair)]);
    };
    return {
      shape: [...batch, ...rows, ...columns],
      at(index) {
        const row = leftVector ? 0 : index[batch.length];
        const column = rightVector ? 0 : index[index.length - 1];
        const terms = Array.from(
          { length: inner },
          (_, k) =>
            entry(a, index, [row, k], transposeA === true) *
            entry(b, index, [k, column], transposeB === true),
        );
        return total(terms);
      },
    };
  },
};

const transpose: OpDescription = {
  op: findOp('transpose'),
  cases: anyShape.chain((shape) =>
    fc
      .shuffledSubarray(
        shape.map((_, axis) => axis),
        { minLength: shape.length },
      )
      .map((axes) => ({ shapes: [shape], attributes: { axes } })),
  ),
  reference([x], attributes) {
    const axes = Array.isArray(attributes.axes) ? attributes.axes.map(Number) : [];
    return {
      shape: axes.map((axis) => x.shape[axis]),
      at: (index) => x.at(x.shape.map((_, axis) => index[axes.indexOf(axis)])),
    };
  },
};

/** Joins neighbours of a shape wherever `joins` says so. */
function joined(shape: Shape, joins: readonly boolean[]): number[] {
  const axes: number[] = [];
  shape.forEach((each, i) => {
    if (joins[i] && axes.length > 0) axes[axes.length - 1] *= each;
    else axes.push(each);
  });
  return axes;
}

const reshape: OpDescription = {
  op: findOp('reshape'),
  cases: fc
    .record({
      shape: fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 4 }),
      before: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
      after: fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }),
    })
    .map(({ shape, before, after }) => ({
      shapes: [joined(shape, before)],
      attributes: { shape: joined(shape, after) },
    })),
  reference: ([x], { shape }) => {
    const target = Array.isArray(shape) ? shape.map(Number) : [];
    const inOrder = indices(x.shape);
    return {
      shape: target,
      at: (index) => x.at(inOrder[index.reduce((flat, i, axis) => flat * target[axis] + i, 0)]),
    };
  },
};

const broadcastTo: OpDescription = {
  op: findOp('broadcast-to'),
  cases: broadcastable(2).map((shapes) => ({
    shapes: [shapes[0]],
    attributes: { shape: commonShape(shapes) },
  })),
  reference([x], { shape }) {
    const target = Array.isArray(shape) ? shape.map(Number) : [];
    return { shape: target, at: broadcastAt(x, target) };
  },
};

const concat: OpDescription = {
  op: findOp('concat'),
  cases: filledShape.chain((shape) =>
    fc
      .tuple(fc.integer({ min: 0, max: shape.length - 1 }), fc.array(length, { minLength: 1, maxLength: 3 }))
      .map(([axis, lengths]) => ({
        shapes: lengths.map((each) => shape.with(axis, each)),
        attributes: { axis },
      })),
  ),
  reference(inputs, { axis }) {
    const along = Number(axis);
    const shape = inputs[0].shape.map((each, i) =>
      i === along ? total(inputs.map((input) => input.shape[along])) : each,
    );
    return {
      shape,
      at(index) {
        let rest = index[along];
        for (const input of inputs) {
          if (rest < input.shape[along]) return input.at(index.with(along, rest));
          rest -= input.shape[along];
        }
        return Number.NaN;
      },
    };
  },
};

const slice: OpDescription = {
  op: findOp('slice'),
  cases: anyShape.chain((shape) =>
    fc
      .tuple(
        ...shape.map((each) =>
          fc.record({
            first: fc.nat(each - 1),
            last: fc.nat(each - 1),
            step: fc.integer({ min: 1, max: 2 }),
          }),
        ),
      )
      .map((ranges) => ({
        shapes: [shape],
        attributes: {
          starts: ranges.map(({ first }) => first),
          ends: ranges.map(({ first, last }) => (last < first ? last - 1 : last + 1)),
          steps: ranges.map(({ first, last, step }) => (last < first ? -step : step)),
        },
      })),
  ),
  reference([x], attributes) {
    const list = (name: string) => (Array.isArray(attributes[name]) ? attributes[name].map(Number) : []);
    const [starts, ends, steps] = [list('starts'), list('ends'), list('steps')];
    const picked = starts.map((start, axis) => {
      const found: number[] = [];
      for (let i = start; steps[axis] > 0 ? i < ends[axis] : i > ends[axis]; i += steps[axis]) found.push(i);
      return found;
    });
    return {
      shape: picked.map((each) => each.length),
      at: (index) => x.at(index.map((i, axis) => picked[axis][i])),
    };
  },
};

const where: OpDescription = {
  op: findOp('where'),
  cases: broadcastable(3).map((shapes) => ({
    shapes,
    attributes: {},
    wholeInputs: [{ input: 0, below: 2 }],
  })),
  reference(inputs) {
    const shape = commonShape(inputs.map((input) => input.shape));
    const [condition, a, b] = inputs.map((input) => broadcastAt(input, shape));
    return { shape, at: (index) => (condition(index) !== 0 ? a(index) : b(index)) };
  },
};

const pick: OpDescription = {
  op: findOp('pick'),
  cases: filledShape.chain((shape) =>
    fc.integer({ min: 0, max: shape.length - 1 }).map((axis) => ({
      shapes: [shape, shape.toSpliced(axis, 1)],
      attributes: { axis },
      wholeInputs: [{ input: 1, below: shape[axis] }],
    })),
  ),
  reference: ([x, chosen], { axis }) => ({
    shape: chosen.shape,
    at: (index) => x.at(index.toSpliced(Number(axis), 0, chosen.at(index))),
  }),
};

const descriptions: readonly OpDescription[] = [
  unary('identity', (x) => x),
  unary('unit-slope', (x) => x),
  unary('negate', (x) => -x),
  unary('exp', Math.exp),
  unary('log', Math.log, [0.1, 5]),
  unary('log1p', Math.log1p, [-0.9, 5]),
  unary('expm1', Math.expm1),
  unary('sqrt', Math.sqrt, [0, 5]),
  unary('square', (x) => x * x),
  unary('abs', Math.abs),
  unary('sign', Math.sign),
  unary('sin', Math.sin),
  unary('cos', Math.cos),
  unary('atan', Math.atan),
  unary('asinh', (x) => Math.sign(x) * Math.log(Math.abs(x) + Math.sqrt(x * x + 1))),
  unary('tanh', Math.tanh),
  unary('sigmoid', sigmoid),
  unary('softplus', (x) => Math.log(1 + Math.exp(x))),
  unary('erf', erf),
  unary('relu', (x) => Math.max(x, 0)),
  unary('leaky-relu', (x) => (x > 0 ? x : 0.2 * x), [-3, 3], { slope: 0.2 }),
  binary('add', (a, b) => a + b),
  binary('subtract', (a, b) => a - b),
  binary('multiply', (a, b) => a * b),
  binary('divide', (a, b) => a / b, [0.5, 3]),
  binary('power', (a, b) => a ** b, [0.5, 3]),
  binary('maximum', (a, b) => Math.max(a, b)),
  binary('minimum', (a, b) => Math.min(a, b)),
  binary('less', (a, b) => Number(a < b)),
  binary('less-equal', (a, b) => Number(a <= b)),
  binary('greater', (a, b) => Number(a > b)),
  binary('greater-equal', (a, b) => Number(a >= b)),
  binary('equal', (a, b) => Number(a === b)),
  binary('not-equal', (a, b) => Number(a !== b)),
  matmul,
  transpose,
  reshape,
  broadcastTo,
  concat,
  slice,
  reduction('sum', total),
  reduction('mean', (values) => total(values) / values.length),
  reduction('max', (values) => Math.max(...values)),
  reduction('min', (values) => Math.min(...values)),
  alongAxis('softmax', (line, at) => Math.exp(line[at] - logSumExp(line)), true),
  alongAxis('log-softmax', (line, at) => line[at] - logSumExp(line), true),
  alongAxis('log-sum-exp', logSumExp, false),
  where,
  pick,
  ...windowOps,
];

for (const description of descriptions) {
  opConformance(description);
  opRegionConformance(description);
  opKinkConformance(description);
}

it('every op of the registry is described here', () => {
  expect(descriptions.map(({ op }) => op.name).sort()).toEqual(allOps.map((op) => op.name).sort());
});

type Misfit = readonly [name: string, shapes: readonly Shape[], attributes: Attributes];

const names = (ops: readonly Op[]) => ops.map((op) => op.name);

const misfits: readonly Misfit[] = [
  ...names(elementwiseBinary).map(
    (name): Misfit => [
      name,
      [
        [2, 3],
        [2, 4],
      ],
      {},
    ],
  ),
  ...names(reductions).map((name): Misfit => [name, [[2]], { axes: [1], keepDims: false }]),
  ...names(softmaxFamily).map((name): Misfit => [name, [[2]], { axis: 1 }]),

  [
    'matmul',
    [
      [2, 3],
      [2, 3],
    ],
    {},
  ],
  ['matmul', [[], [2]], {}],
  ['transpose', [[2, 3]], { axes: [0, 0] }],
  ['reshape', [[2, 3]], { shape: [5] }],
  ['broadcast-to', [[2]], { shape: [3] }],
  [
    'concat',
    [
      [2, 3],
      [3, 3],
    ],
    { axis: 1 },
  ],
  ['slice', [[2]], { starts: [0], ends: [3], steps: [1] }],
  ['mean', [[0]], { axes: [0], keepDims: false }],
  ['where', [[2], [3], []], {}],
  ['pick', [[2, 3], [3]], { axis: 1 }],
  ['unfold', [[2, 3]], { taps: [], positions: [], strides: [], dilations: [], starts: [], spacings: [] }],
  [
    'unfold',
    [[2, 3, 4]],
    { taps: [2], positions: [0], strides: [1], dilations: [1], starts: [0], spacings: [1] },
  ],
  [
    'patch-product',
    [
      [2, 3, 2, 4],
      [5, 3, 3],
    ],
    {},
  ],
  [
    'patch-product',
    [
      [2, 3, 2, 4],
      [5, 2, 2],
    ],
    {},
  ],
  ['take-rows', [[], [3]], {}],
];

describe('shapes that do not fit are refused with a sentence that names them', () => {
  it.each(misfits)('%s of %j', (name, shapes, attributes) => {
    const infer = () => findOp(name).inferShape(shapes, attributes);
    expect(infer).toThrow(ShapeError);
    expect(infer).toThrow(shapes[0].length > 0 ? formatShape(shapes[0]) : 'scalar');
  });

  it('there are some for every op that does not take any shape', () => {
    const takingAny = names([...elementwiseUnary, unitSlope]);
    const described = [...takingAny, ...misfits.map(([name]) => name)];
    expect(names(allOps).filter((name) => !described.includes(name))).toEqual([]);
  });
});

it.each([
  ['reshape', [5, 7, 12], [5, 7, 3, 4], { shape: [5, 7, 3, 4] }, [0, 1, -1, -1]],
  ['reshape', [5, 3, 4], [5, 12], { shape: [5, 12] }, [0, -1]],
  ['reshape', [5, 2, 6], [5, 3, 4], { shape: [5, 3, 4] }, [0, -1, -1]],
  ['reshape', [5, 1, 6], [5, 6], { shape: [5, 6] }, [0, 2]],
  ['slice', [5, 6, 8], [5, 1, 8], { starts: [0, 2, 0], ends: [5, 3, 8], steps: [1, 1, 1] }, [0, -1, 2]],
])(
  '%s of %j to %j keeps apart the axes that it leaves as they are',
  (name, shape, output, attributes, kept) => {
    const query = {
      moved: [shape.map((length, axis) => (length === 1 ? -1 : axis))],
      shapes: [shape],
      output,
    };
    expect(findOp(name).spread?.(query, attributes).output).toEqual(kept);
  },
);

it('take-rows gives NaN for an index that names no row', () => {
  const heap = heapWith([7, 8, 0, 2, 0.5, -1, 0, 0, 0, 0]);
  const [table, indices, output] = [0, 2, 6].map((offset) => ({ offset, laneStride: 0 }));
  findOp('take-rows').compile([[2], [4]], {}, [4])(heap, 1, [table, indices], output);
  expect([...heap.floats.slice(6)]).toEqual([7, Number.NaN, Number.NaN, Number.NaN]);
});

it('NaN goes through every op that reads it', () => {
  const heap = heapWith([Number.NaN, 1, 0, 0]);
  const input = { offset: 0, laneStride: 0 };
  const output = { offset: 2, laneStride: 0 };
  for (const name of ['relu', 'leaky-relu', 'abs', 'sigmoid', 'softplus', 'tanh', 'erf', 'square']) {
    findOp(name).compile([[]], { slope: 0.1 }, [])(heap, 1, [input], output);
    expect(heap.floats[2], name).toBeNaN();
  }
  for (const name of ['max', 'min', 'sum', 'mean']) {
    findOp(name).compile([[2]], { axes: [0], keepDims: false }, [])(heap, 1, [input], output);
    expect(heap.floats[2], name).toBeNaN();
  }
});
