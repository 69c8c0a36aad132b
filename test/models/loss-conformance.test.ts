import { expect, it } from 'vitest';
import { lossKinds } from '../../src/models/layers/loss-registry.ts';
import { regularizerKinds } from '../../src/models/layers/regularization.ts';
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

/** A loss of predictions [m, features] or [m, time, features], which are θ themselves. */
interface LossDescription {
  readonly loss: { readonly type: string; readonly [field: string]: unknown };
  readonly shape?: Shape;
  /** Predictions lie in this range. */
  readonly range?: readonly [number, number];
  readonly target: PlainTensor;
  /** Data that the loss names as its `exampleWeights`: "M". */
  readonly weights?: PlainTensor;
  /** The loss of one prediction and its target, lines of features; for class indices the target is one number. */
  readonly each: (prediction: number[], target: number[], line: number) => number;
  /** The op of the loss that has no complex continuation, if one has none. */
  readonly notAnalytic?: string;
  /** Lines of one example that are averaged rather than summed, and features too. */
  readonly divisor?: number;
}

const square = [3, 4];
const sequence = [2, 3, 4];
const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);
const overEntries = (f: (a: number, y: number) => number) => (a: number[], y: number[]) =>
  sum(a.map((entry, i) => f(entry, y[i])));

const positive = { low: 0.1, high: 0.9 };
const real = draw(square, 50);
const share = draw(square, 51, positive);
const signs = fill(square, ([i, j]) => ((i + j) % 2 === 0 ? 1 : -1));
const classes = fill([3], ([i]) => (2 * i + 1) % 4);
const positions = fill([2, 3], ([i, t]) => (i + 2 * t) % 4);
const distributions = fill(square, ([, j]) => [0.5, 0, 0.2, 0.3][j]);

const perExample = fill([3], ([i]) => [2, 0, 0.5][i]);
const perOutput = draw(square, 56, positive);
/** As where sequences are padded. */
const perPosition = fill([2, 3], ([i, t]) => Number(i === 0 || t < 2));

const softmaxOf = (row: number[]) => row.map((z) => Math.exp(z) / sum(row.map(Math.exp)));
const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));
const entropy = (p: number, y: number) => -y * Math.log(p) - (1 - y) * Math.log(1 - p);
const huber = (delta: number) => (a: number, y: number) =>
  Math.abs(a - y) <= delta ? (a - y) ** 2 / 2 : delta * (Math.abs(a - y) - delta / 2);
const divergence = (p: number, y: number) => (y === 0 ? 0 : y * (Math.log(y) - Math.log(p)));
const norm = (x: number[]) => Math.sqrt(sum(x.map((entry) => entry * entry)));

const descriptions: LossDescription[] = [
  { loss: { type: 'mse' }, target: real, each: overEntries((a, y) => (a - y) ** 2) },
  {
    loss: { type: 'mse', outputs: 'mean', weight: -0.3 },
    shape: sequence,
    target: draw(sequence, 52),
    each: overEntries((a, y) => -0.3 * (a - y) ** 2),
    divisor: 12,
  },
  {
    loss: { type: 'mae' },
    target: real,
    each: overEntries((a, y) => Math.abs(a - y)),
    notAnalytic: 'abs',
  },
  {
    loss: { type: 'mae', outputs: 'mean', reduction: 'sum' },
    target: real,
    each: overEntries((a, y) => Math.abs(a - y)),
    divisor: 4,
    notAnalytic: 'abs',
  },
  { loss: { type: 'huber' }, target: real, each: overEntries(huber(1)) },
  { loss: { type: 'huber', delta: 0.3, reduction: 'sum' }, target: real, each: overEntries(huber(0.3)) },
  { loss: { type: 'binary-cross-entropy' }, range: [0.1, 0.9], target: share, each: overEntries(entropy) },
  {
    loss: { type: 'binary-cross-entropy', from: 'logits' },
    target: share,
    each: overEntries((z, y) => entropy(sigmoid(z), y)),
  },
  { loss: { type: 'cross-entropy' }, target: classes, each: (z, [c]) => -Math.log(softmaxOf(z)[c]) },
  {
    loss: { type: 'cross-entropy' },
    target: share,
    each: (z, y) => -sum(softmaxOf(z).map((p, i) => y[i] * Math.log(p))),
  },
  {
    loss: { type: 'cross-entropy', from: 'probabilities', reduction: 'sum' },
    range: [0.1, 0.9],
    target: classes,
    each: (p, [c]) => -Math.log(p[c]),
  },
  {
    loss: { type: 'cross-entropy' },
    shape: sequence,
    target: positions,
    each: (z, [c]) => -Math.log(softmaxOf(z)[c]),
  },
  {
    loss: { type: 'cross-entropy', outputs: 'mean' },
    shape: sequence,
    target: draw(sequence, 53, positive),
    each: (z, y) => -sum(softmaxOf(z).map((p, i) => y[i] * Math.log(p))),
    divisor: 3,
  },
  { loss: { type: 'nll' }, target: classes, each: (q, [c]) => -q[c] },
  {
    loss: { type: 'nll', reduction: 'sum' },
    target: share,
    each: (q, y) => -sum(q.map((entry, i) => entry * y[i])),
  },
  { loss: { type: 'hinge' }, target: signs, each: overEntries((a, y) => Math.max(0, 1 - y * a)) },
  {
    loss: { type: 'kl-divergence' },
    target: distributions,
    each: overEntries((q, y) => divergence(Math.exp(q), y)),
  },
  {
    loss: { type: 'kl-divergence', from: 'probabilities', outputs: 'mean' },
    range: [0.1, 0.9],
    target: distributions,
    each: overEntries(divergence),
    divisor: 4,
  },
  {
    loss: { type: 'kl-divergence', from: 'logits', reduction: 'sum' },
    target: distributions,
    each: (z, y) => sum(softmaxOf(z).map((p, i) => divergence(p, y[i]))),
  },
  {
    loss: { type: 'cosine' },
    target: real,
    each: (a, y) => 1 - sum(a.map((entry, i) => entry * y[i])) / (norm(a) * norm(y)),
  },
  {
    loss: { type: 'cosine', outputs: 'mean' },
    shape: sequence,
    target: draw(sequence, 54),
    each: (a, y) => 1 - sum(a.map((entry, i) => entry * y[i])) / (norm(a) * norm(y)),
    divisor: 3,
  },
  {
    loss: { type: 'mse', exampleWeights: 'M' },
    target: real,
    weights: perExample,
    each: (a, y, line) => perExample.values[line] * sum(a.map((entry, i) => (entry - y[i]) ** 2)),
  },
  {
    loss: { type: 'huber', exampleWeights: 'M', reduction: 'sum', outputs: 'mean' },
    target: real,
    weights: perOutput,
    each: (a, y, line) => sum(a.map((entry, i) => perOutput.values[4 * line + i] * huber(1)(entry, y[i]))),
    divisor: 4,
  },
  {
    loss: { type: 'cross-entropy', exampleWeights: 'M' },
    target: classes,
    weights: perExample,
    each: (z, [c], line) => -perExample.values[line] * Math.log(softmaxOf(z)[c]),
  },
  {
    loss: { type: 'nll', exampleWeights: 'M', outputs: 'mean' },
    shape: sequence,
    target: positions,
    weights: perPosition,
    each: (q, [c], line) => -perPosition.values[line] * q[c],
    divisor: 3,
  },
  {
    loss: { type: 'mse', exampleWeights: 'M' },
    shape: sequence,
    target: draw(sequence, 55),
    weights: perPosition,
    each: (a, y, line) => perPosition.values[line] * sum(a.map((entry, i) => (entry - y[i]) ** 2)),
  },
];

/** Nothing is done to the predictions: the model's only layer is dropout that is switched off. */
const untouched = [{ type: 'dropout', rate: 0 }];

function lines({ values }: PlainTensor, width: number): number[][] {
  return Array.from({ length: values.length / width }, (_, i) => values.slice(i * width, (i + 1) * width));
}

function caseOf(description: LossDescription, columns: boolean) {
  const {
    loss,
    shape = square,
    range = [-1.5, 1.5],
    target,
    each,
    divisor = 1,
    notAnalytic,
    weights,
  } = description;
  const turn = (tensor: PlainTensor) => (columns ? transposed(tensor) : tensor);
  const X = draw(shape, 60, { low: range[0], high: range[1] });
  const width = shape[shape.length - 1];
  const targets = lines(target, target.values.length === X.values.length ? width : 1);
  const scale = (loss.reduction === 'sum' ? 1 : shape[0]) * divisor;
  const layout = columns ? 'features-first' : 'batch-first';
  return {
    title: `${JSON.stringify(loss)} of ${JSON.stringify(shape)}, ${layout}`,
    model: { layout, layers: untouched, loss: { target: 'T', ...loss } },
    theta: { X: turn(X) },
    data: { T: turn(target), ...(weights === undefined ? {} : { M: turn(weights) }) },
    cost: (theta: PlainTensors) =>
      sum(lines(turn(theta.X), width).map((prediction, i) => each(prediction, targets[i], i))) / scale,
    notAnalytic,
  };
}

for (const description of descriptions) {
  modelConformance(caseOf(description, false));
  if (description.shape === undefined) modelConformance(caseOf(description, true));
}

const kinks: readonly [string, number, number, (a: number, y: number) => number][] = [
  ['mae', 0.5, 0.5, (a, y) => Math.abs(a - y)],
  ['huber', 0, 1, huber(1)],
  ['hinge', 1, 1, (a, y) => Math.max(0, 1 - y * a)],
];

for (const [type, target, prediction, each] of kinks) {
  kinkConformance({
    title: type,
    model: { layout: 'batch-first', layers: untouched, loss: { type, target: 'T' } },
    theta: { X: fill([2, 2], () => prediction) },
    data: { T: fill([2, 2], () => target) },
    cost: ({ X }) => sum(X.values.map((a) => each(a, target))) / 2,
  });
}

const absolute = (w: PlainTensor) => sum(w.values.map(Math.abs));
const squares = (w: PlainTensor) => sum(w.values.map((entry) => entry * entry));

const penalties: readonly [
  { readonly type: string; readonly [field: string]: unknown },
  (W: PlainTensor, b: PlainTensor) => number,
][] = [
  [
    { type: 'l1', lambda: 0.7, parameters: ['W', 'b'], scale: '1/m' },
    (W, b) => (0.7 / 3) * (absolute(W) + absolute(b)),
  ],
  [{ type: 'l2', lambda: 0.7, parameters: ['W'], scale: '1/(2m)' }, (W) => (0.7 / 6) * squares(W)],
  [
    { type: 'elastic', lambda1: 0.2, lambda2: 0.3, parameters: ['W', 'b'], scale: '1/2' },
    (W, b) => 0.5 * (0.2 * (absolute(W) + absolute(b)) + 0.3 * (squares(W) + squares(b))),
  ],
];

for (const [regularizer, penalty] of penalties) {
  const X = draw([3, 4], 70);
  const T = draw([3, 2], 71);
  modelConformance({
    title: JSON.stringify(regularizer),
    model: {
      layout: 'batch-first',
      layers: [{ type: 'dense', weights: 'W', bias: 'b' }],
      loss: { type: 'mse', target: 'T', reduction: 'sum' },
      regularization: [regularizer],
    },
    theta: { W: draw([4, 2], 72, { avoid: [0] }), b: draw([2], 73, { avoid: [0] }) },
    data: { X, T },
    cost: ({ W, b }) => {
      const output = fill([3, 2], ([i, j]) =>
        [0, 1, 2, 3].reduce((total, k) => total + at(X, i, k) * at(W, k, j), at(b, j)),
      );
      return sum(output.values.map((value, i) => (value - T.values[i]) ** 2)) + penalty(W, b);
    },
    ...(regularizer.type === 'l2' ? {} : { notAnalytic: 'abs' }),
  });
}

it('every loss and every regulariser is described', () => {
  const losses = new Set(descriptions.map(({ loss }) => loss.type));
  expect([...lossKinds.byType.keys()].filter((type) => !losses.has(type))).toEqual([]);
  const regularizers = new Set(penalties.map(([{ type }]) => type));
  expect([...regularizerKinds.byType.keys()].filter((type) => !regularizers.has(type))).toEqual([]);
});
