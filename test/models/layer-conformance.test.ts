import { expect, it } from 'vitest';
import { layerKinds } from '../../src/models/layers/layer-registry.ts';
import type { Shape } from '../../src/tensors/tensor.ts';
import {
  at,
  draw,
  fill,
  kinkConformance,
  modelConformance,
  type PlainTensor,
  type PlainTensors,
  transposed,
} from '../conformance/model-conformance.ts';
import { attend, gruStates, lstmStates, project, rnnStates } from './plain-sequences.ts';

/** A layer over tensors of θ, the model's input among them: X comes first, so that derivatives by it are checked too. */
interface LayerDescription {
  readonly layer: { readonly type: string; readonly [field: string]: unknown };
  /** Shapes with the layout batch-first; every tensor of two axes is transposed for features-first. */
  readonly theta: Readonly<Record<string, Shape>>;
  readonly output: (tensors: PlainTensors) => PlainTensor;
  /** Shapes of data beside θ. */
  readonly data?: Readonly<Record<string, Shape>>;
  /** Whether features-first has this layer too. */
  readonly columns?: boolean;
  /** Where the layer has kinks in X. */
  readonly kinks?: readonly number[];
  readonly range?: readonly [number, number];
}

const input = { X: [3, 4] };

function entrywise(
  type: string,
  f: (x: number) => number,
  { kinks = [], range = [-3, 3], ...fields }: Partial<LayerDescription> & Record<string, unknown> = {},
): LayerDescription {
  return {
    layer: { type, ...fields },
    theta: input,
    output: ({ X }) => ({ shape: X.shape, values: X.values.map(f) }),
    columns: true,
    kinks,
    range,
  };
}

const clip = (x: number, low: number, high: number) => Math.min(Math.max(x, low), high);
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const softplus = (x: number) => Math.log(1 + Math.exp(x));

/** Φ by its Taylor series about 0: x ± x³/6 …, which is exact to rounding where |x| ≤ 3. */
function normal(x: number): number {
  let [term, sum] = [x, x];
  for (let n = 1; n < 80; n++) {
    term *= -(x * x) / (2 * n);
    sum += term / (2 * n + 1);
  }
  return 0.5 + sum / Math.sqrt(2 * Math.PI);
}

/** Each row of two axes, or of the last of more, by a function of rows. */
function rowwise(f: (row: number[]) => number[]): LayerDescription['output'] {
  return ({ X }) => {
    const width = X.shape[X.shape.length - 1];
    const rows = Array.from({ length: X.values.length / width }, (_, i) =>
      f(X.values.slice(i * width, (i + 1) * width)),
    );
    return { shape: X.shape, values: rows.flat() };
  };
}

function softmax(row: number[]): number[] {
  const exps = row.map(Math.exp);
  return exps.map((e) => e / exps.reduce((a, b) => a + b));
}

const activations: LayerDescription[] = [
  entrywise('relu', (x) => Math.max(x, 0), { kinks: [0] }),
  entrywise('relu6', (x) => clip(x, 0, 6), { kinks: [0, 6], range: [-2, 8] }),
  entrywise('leaky-relu', (x) => (x > 0 ? x : 0.2 * x), { slope: 0.2, kinks: [0] }),
  entrywise('elu', (x) => (x > 0 ? x : 0.7 * Math.expm1(x)), { alpha: 0.7, kinks: [0] }),
  entrywise('celu', (x) => (x > 0 ? x : 0.7 * Math.expm1(x / 0.7)), { alpha: 0.7, kinks: [0] }),
  entrywise('selu', (x) => 1.0507009873554805 * (x > 0 ? x : 1.6732632423543772 * Math.expm1(x)), {
    kinks: [0],
  }),
  entrywise('gelu', (x) => x * normal(x)),
  entrywise('gelu', (x) => 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3))), {
    approximate: 'tanh',
  }),
  entrywise('sigmoid', sigmoid),
  entrywise('log-sigmoid', (x) => Math.log(sigmoid(x))),
  entrywise('hard-sigmoid', (x) => clip(x + 3, 0, 6) / 6, { kinks: [-3, 3], range: [-5, 5] }),
  entrywise('tanh', Math.tanh),
  entrywise('hard-tanh', (x) => clip(x, -1, 1), { kinks: [-1, 1] }),
  entrywise('softplus', softplus),
  entrywise('softsign', (x) => x / (1 + Math.abs(x)), { kinks: [0] }),
  entrywise('silu', (x) => x * sigmoid(x)),
  entrywise('hard-swish', (x) => (x * clip(x + 3, 0, 6)) / 6, { kinks: [-3, 3], range: [-5, 5] }),
  entrywise('mish', (x) => x * Math.tanh(softplus(x))),
  { layer: { type: 'softmax' }, theta: input, columns: true, output: rowwise(softmax) },
  { layer: { type: 'softmax' }, theta: { X: [2, 3, 4] }, output: rowwise(softmax) },
  {
    layer: { type: 'log-softmax' },
    theta: input,
    columns: true,
    output: rowwise((row) => softmax(row).map(Math.log)),
  },
  {
    layer: { type: 'prelu', slope: 'a' },
    theta: { ...input, a: [4] },
    columns: true,
    kinks: [0],
    output: ({ X, a }) =>
      fill(X.shape, ([i, j]) => {
        const x = at(X, i, j);
        return x > 0 ? x : at(a, j) * x;
      }),
  },
  {
    layer: { type: 'prelu', slope: 'a' },
    theta: { X: [2, 2, 3], a: [1] },
    kinks: [0],
    output: ({ X, a }) => ({ shape: X.shape, values: X.values.map((x) => (x > 0 ? x : a.values[0] * x)) }),
  },
];

const structure: LayerDescription[] = [
  entrywise('dropout', (x) => x, { rate: 0 }),
  {
    layer: { type: 'dense', weights: 'W', bias: 'b' },
    theta: { ...input, W: [4, 2], b: [2] },
    columns: true,
    output: ({ X, W, b }) =>
      fill([3, 2], ([i, j]) => [0, 1, 2, 3].reduce((sum, k) => sum + at(X, i, k) * at(W, k, j), at(b, j))),
  },
  {
    layer: { type: 'dense', weights: 'W', bias: 'b' },
    theta: { X: [2, 3, 4], W: [4, 2], b: [2] },
    output: ({ X, W, b }) =>
      fill([2, 3, 2], ([i, t, j]) =>
        [0, 1, 2, 3].reduce((sum, k) => sum + at(X, i, t, k) * at(W, k, j), at(b, j)),
      ),
  },
  {
    layer: { type: 'add', inputs: ['X', 'A', 'X'] },
    theta: { ...input, A: [3, 4] },
    columns: true,
    output: ({ X, A }) => fill(X.shape, ([i, j]) => 2 * at(X, i, j) + at(A, i, j)),
  },
  {
    layer: { type: 'add', inputs: ['X', 'P'] },
    theta: { X: [2, 3, 4], P: [3, 4] },
    output: ({ X, P }) => fill(X.shape, ([i, t, j]) => at(X, i, t, j) + at(P, t, j)),
  },
  {
    layer: { type: 'multiply', inputs: ['X', 'A'] },
    theta: { ...input, A: [3, 1] },
    columns: true,
    output: ({ X, A }) => fill(X.shape, ([i, j]) => at(X, i, j) * at(A, i, 0)),
  },
  {
    layer: { type: 'concat', inputs: ['X', 'A'] },
    theta: { ...input, A: [3, 2] },
    columns: true,
    output: ({ X, A }) => fill([3, 6], ([i, j]) => (j < 4 ? at(X, i, j) : at(A, i, j - 4))),
  },
  {
    layer: { type: 'concat', inputs: ['A', 'X'], axis: 1 },
    theta: { X: [2, 3, 2], A: [2, 1, 2] },
    output: ({ X, A }) => fill([2, 4, 2], ([i, t, j]) => (t < 1 ? at(A, i, 0, j) : at(X, i, t - 1, j))),
  },
  { layer: { type: 'flatten' }, theta: { X: [2, 3, 2] }, output: ({ X }) => ({ ...X, shape: [2, 6] }) },
  { layer: { type: 'flatten' }, theta: input, columns: true, output: ({ X }) => X },
  {
    layer: { type: 'reshape', shape: [3, 2, 2] },
    theta: { X: [2, 4, 3] },
    output: ({ X }) => ({ ...X, shape: [2, 3, 2, 2] }),
  },
  {
    layer: { type: 'transpose', axes: [0, 3, 1, 2] },
    theta: { X: [2, 3, 1, 2] },
    output: ({ X }) => fill([2, 2, 3, 1], ([i, a, b, c]) => at(X, i, b, c, a)),
  },
];

const weights = { inputWeights: 'Wx', hiddenWeights: 'Wh', inputBias: 'bx', hiddenBias: 'bh' };

/** θ of a recurrent layer with two hidden units, over four times of three features. */
function recurrentTheta(gates: number): Record<string, Shape> {
  const rows = 2 * gates;
  return { X: [2, 4, 3], Wx: [rows, 3], Wh: [rows, 2], bx: [rows], bh: [rows] };
}

const sequences: LayerDescription[] = [
  {
    layer: { type: 'rnn', ...weights, initialHidden: 'h' },
    theta: { ...recurrentTheta(1), h: [2, 2] },
    output: (theta) => rnnStates(theta, {}),
  },
  {
    layer: { type: 'rnn', ...weights, direction: 'reverse', output: 'last' },
    theta: recurrentTheta(1),
    output: (theta) => rnnStates(theta, { reverse: true, last: true }),
  },
  {
    layer: { type: 'lstm', ...weights, initialHidden: 'h', initialCell: 'c' },
    theta: { ...recurrentTheta(4), h: [2, 2], c: [1, 2, 2] },
    output: (theta) => lstmStates(theta, {}),
  },
  {
    layer: { type: 'lstm', ...weights, direction: 'reverse', output: 'last' },
    theta: recurrentTheta(4),
    output: (theta) => lstmStates(theta, { reverse: true, last: true }),
  },
  {
    layer: { type: 'gru', ...weights, initialHidden: 'h', direction: 'reverse' },
    theta: { ...recurrentTheta(3), h: [2, 2] },
    output: (theta) => gruStates(theta, { reverse: true }),
  },
  {
    layer: { type: 'gru', inputWeights: 'Wx', hiddenWeights: 'Wh', output: 'last' },
    theta: { X: [2, 3, 2], Wx: [6, 2], Wh: [6, 2] },
    output: (theta) => gruStates(theta, { last: true }),
  },
  {
    layer: { type: 'attention', causal: true },
    theta: { X: [2, 3, 2] },
    output: ({ X }) => attend([X, X, X], 1, true),
  },
  {
    layer: { type: 'attention', inputs: ['X', 'K', 'V'], heads: 2 },
    theta: { X: [2, 2, 4], K: [2, 3, 4], V: [2, 3, 2] },
    output: ({ X, K, V }) => attend([X, K, V], 2, false),
  },
  {
    layer: {
      type: 'multi-head-attention',
      heads: 2,
      inWeights: { query: 'Wq', key: 'Wk', value: 'Wv' },
      inBias: { query: 'bq', key: 'bk', value: 'bv' },
      outWeights: 'Wo',
      causal: true,
    },
    theta: { X: [2, 3, 3], Wq: [4, 3], Wk: [4, 3], Wv: [4, 3], Wo: [2, 4], bq: [4], bv: [4] },
    // Softmax does not feel what all scores of a query have in common, so the derivative by this bias is 0.
    data: { bk: [4] },
    output: ({ X, Wq, Wk, Wv, Wo, bq, bk, bv }) =>
      project(attend([project(X, Wq, bq), project(X, Wk, bk), project(X, Wv, bv)], 2, true), Wo),
  },
];

const descriptions = [...activations, ...structure, ...sequences];

/** J is the sum of squares of the output, taken from targets that are not 0. */
function caseOf(description: LayerDescription, columns: boolean) {
  const { layer, theta: shapes, data = {}, output, kinks = [], range = [-1.5, 1.5] } = description;
  const [low, high] = range;
  const drawAll = (all: Readonly<Record<string, Shape>>, seed: number) =>
    Object.fromEntries(
      Object.entries(all).map(([name, shape], i) => [
        name,
        draw(shape, seed + i, name === 'X' ? { low, high, avoid: kinks } : {}),
      ]),
    );
  const [own, beside] = [drawAll(shapes, 1), drawAll(data, 40)];
  const turn = (tensors: PlainTensors) =>
    columns
      ? Object.fromEntries(Object.entries(tensors).map(([name, tensor]) => [name, transposed(tensor)]))
      : tensors;
  const target = draw(output({ ...own, ...beside }).shape, 77);
  const layout = columns ? 'features-first' : 'batch-first';
  return {
    title: `${JSON.stringify(layer)} of ${JSON.stringify(shapes)}, ${layout}`,
    model: { layout, layers: [layer], loss: { type: 'mse', target: 'T', reduction: 'sum' } },
    theta: turn(own),
    data: turn({ ...beside, T: target }),
    cost: (theta: PlainTensors) =>
      output({ ...turn(theta), ...beside }).values.reduce(
        (sum, value, i) => sum + (value - target.values[i]) ** 2,
        0,
      ),
  };
}

for (const description of descriptions) {
  modelConformance(caseOf(description, false));
  if (description.columns) modelConformance(caseOf(description, true));
}

for (const { layer, kinks = [], theta, output } of activations) {
  for (const kink of kinks.filter(() => theta.a === undefined)) {
    kinkConformance({
      title: `${JSON.stringify(layer)} at ${kink}`,
      model: { layout: 'batch-first', layers: [layer], loss: { type: 'mse', target: 'T' } },
      theta: { X: fill([2, 2], () => kink) },
      data: { T: fill([2, 2], () => 1.5) },
      cost: (moved) => output(moved).values.reduce((sum, value) => sum + (value - 1.5) ** 2, 0) / 2,
    });
  }
}

/** Layers that other test files compare with formulas of their own. */
const elsewhere = [
  ...['conv1d', 'conv2d', 'conv-transpose1d', 'conv-transpose2d', 'max-pool1d', 'max-pool2d'],
  ...['average-pool1d', 'average-pool2d', 'global-max-pool', 'global-average-pool'],
  ...['batch-norm', 'layer-norm', 'rms-norm', 'group-norm', 'embedding'],
];

it('every layer of the registry is described', () => {
  const described = new Set([...descriptions.map(({ layer }) => layer.type), ...elsewhere]);
  expect([...layerKinds.byType.keys()].filter((type) => !described.has(type))).toEqual([]);
});
