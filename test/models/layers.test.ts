import { describe, expect, it } from 'vitest';
import { buildLayers, costOf } from './layers-cost.ts';

const features = 'features-first';
const batch = 'batch-first';

/** Three features of two examples, a column each; and the same with a row each. */
const columns = [
  [1, -2],
  [0.5, 3],
  [-1, 0.25],
];
const rows = [
  [1, 0.5, -1],
  [-2, 3, 0.25],
];

const sumOfSquares = { type: 'mse', target: 'T', reduction: 'sum' };

/** Σ f(x)² over the columns' entries: what a model of one activation and `sumOfSquares` against 0 costs. */
function squares(f: (x: number) => number): number {
  return columns.flat().reduce((sum, x) => sum + f(x) ** 2, 0);
}

function activationCost(layer: object): number {
  const T = [
    [0, 0],
    [0, 0],
    [0, 0],
  ];
  return costOf({ layout: features, layers: [layer], loss: sumOfSquares }, { X: columns, T });
}

describe('an activation', () => {
  it.each<[string, object, (x: number) => number]>([
    ['relu', {}, (x) => Math.max(x, 0)],
    ['leaky-relu', {}, (x) => (x > 0 ? x : 0.01 * x)],
    ['leaky-relu', { slope: 0.3 }, (x) => (x > 0 ? x : 0.3 * x)],
    ['sigmoid', {}, (x) => 1 / (1 + Math.exp(-x))],
    ['tanh', {}, Math.tanh],
    ['softplus', {}, (x) => Math.log(1 + Math.exp(x))],
  ])('%s %j takes every entry by its formula', (type, fields, formula) => {
    expect(activationCost({ type, ...fields })).toBeCloseTo(squares(formula), 13);
  });

  it.each([
    [features, columns],
    [batch, rows],
  ])('softmax and log-softmax run over the features of each example, %s', (layout, X) => {
    const T = X.map((line) => line.map(() => 0));
    const exps = rows.map((row) => row.map(Math.exp));
    const p = exps.flatMap((row) => row.map((e) => e / row.reduce((a, b) => a + b)));
    const cost = (type: string) => costOf({ layout, layers: [{ type }], loss: sumOfSquares }, { X, T });
    expect(cost('softmax')).toBeCloseTo(
      p.reduce((sum, x) => sum + x * x, 0),
      14,
    );
    expect(cost('log-softmax')).toBeCloseTo(
      p.reduce((sum, x) => sum + Math.log(x) ** 2, 0),
      12,
    );
  });
});

describe('a dense layer', () => {
  // Z = W·X + b by hand: W·x₁ = [1·1 + 2·0.5 − 1·(−1), 0.5·0.5], W·x₂ = [−2 + 6 − 0.25, 1.5].
  const W = [
    [1, 2, -1],
    [0, 0.5, 0],
  ];
  const transposed = [
    [1, 0],
    [2, 0.5],
    [-1, 0],
  ];
  const expected = (3 + 10) ** 2 + (0.25 + 20) ** 2 + (3.75 + 10) ** 2 + (1.5 + 20) ** 2;
  const T = [
    [0, 0],
    [0, 0],
  ];

  it.each([
    ['features-first, Z = W·X + b', { layout: features }, columns, W, [[10], [20]]],
    ['features-first with a flat bias', { layout: features }, columns, W, [10, 20]],
    [
      'features-first with weights in-out',
      { layout: features, weightLayout: 'in-out' },
      columns,
      transposed,
      [10, 20],
    ],
    ['batch-first, Z = X·W + b', { layout: batch }, rows, transposed, [10, 20]],
    ['batch-first with a bias that is a row', { layout: batch }, rows, transposed, [[10, 20]]],
    [
      'batch-first with weights out-in, Z = X·Wᵀ + b',
      { layout: batch, weightLayout: 'out-in' },
      rows,
      W,
      [10, 20],
    ],
  ])('gives the same numbers %s', (_title, layout, X, weights, bias) => {
    const model = { ...layout, layers: [{ type: 'dense', weights: 'W', bias: 'b' }], loss: sumOfSquares };
    expect(costOf(model, { X, T }, { W: weights, b: bias })).toBeCloseTo(expected, 12);
  });

  it('needs no bias, and takes weights that are data', () => {
    const model = { layout: features, layers: [{ type: 'dense', weights: 'W' }], loss: sumOfSquares };
    expect(costOf(model, { X: columns, T, W })).toBeCloseTo(9 + 0.0625 + 3.75 ** 2 + 2.25, 12);
  });

  it('reads the input that the model names', () => {
    const model = { input: 'inputs', layout: features, layers: [{ type: 'tanh' }], loss: sumOfSquares };
    expect(costOf(model, { inputs: [[2]], T: [0] })).toBeCloseTo(Math.tanh(2) ** 2, 14);
  });

  it('adds one bias per output to a single output of many examples', () => {
    const model = {
      layout: features,
      layers: [{ type: 'dense', weights: 'W', bias: 'b' }],
      loss: sumOfSquares,
    };
    expect(costOf(model, { X: [[1, 2, 3]], T: [0, 0, 0] }, { W: [[2]], b: [1] })).toBe(9 + 25 + 49);
  });
});

describe('dropout', () => {
  const T = [
    [0, 0],
    [0, 0],
    [0, 0],
  ];
  const mask = [
    [1, 0],
    [0, 1],
    [1, 1],
  ];
  const kept = 1 + 9 + 1 + 0.0625;
  const cost = (layer: object, data = {}) =>
    costOf(
      { layout: features, layers: [{ type: 'dropout', ...layer }], loss: sumOfSquares },
      { X: columns, T, ...data },
    );

  it('at rate 0 does nothing', () => {
    expect(cost({ rate: 0 })).toBeCloseTo(
      squares((x) => x),
      14,
    );
  });

  it('multiplies by its mask', () => {
    expect(cost({ mask: 'M' }, { M: mask })).toBeCloseTo(kept, 14);
  });

  it('scales what it keeps by 1/(1 − rate) when the rate is given', () => {
    expect(cost({ mask: 'M', rate: 0.75 }, { M: mask })).toBeCloseTo(16 * kept, 12);
  });

  it('takes a mask per feature, broadcast over the examples', () => {
    expect(cost({ mask: 'M' }, { M: [[1], [0], [0]] })).toBeCloseTo(1 + 4, 14);
  });

  it('is refused without a mask and without rate 0', () => {
    const model = {
      layout: features,
      layers: [{ type: 'dropout', rate: 0.5 }, { type: 'dropout' }],
      loss: sumOfSquares,
    };
    const { faults } = buildLayers(model, { X: columns, T });
    expect(faults.map(({ pointer }) => pointer)).toEqual(['/model/layers/0', '/model/layers/1']);
    expect(faults[0]?.detail).toContain('layers[0] (dropout): draws at random');
  });
});
