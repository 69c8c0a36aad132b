import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { costOf, type NamedJsonTensors } from './layers-cost.ts';

const features = 'features-first';
const batch = 'batch-first';
const identity = { type: 'dropout', rate: 0 };

/** The cost of predictions that are the input as it is. */
function loss(layout: string, X: number[][], Y: NamedJsonTensors[string], fields: object): number {
  return costOf({ layout, layers: [identity], loss: { target: 'Y', ...fields } }, { X, Y });
}

function transpose(matrix: number[][]): number[][] {
  return matrix[0].map((_, j) => matrix.map((row) => row[j]));
}

const sum = (values: number[]) => values.reduce((a, b) => a + b, 0);

describe('mse', () => {
  // Two outputs of three examples, a column each. Squared errors per example: 1 + 4, 0 + 9, 0.25 + 0.
  const A = [
    [1, 2, 3],
    [4, 5, 6],
  ];
  const Y = [
    [0, 2, 2.5],
    [2, 8, 6],
  ];

  it('sums over the outputs and divides by the number of examples', () => {
    expect(loss(features, A, Y, { type: 'mse' })).toBeCloseTo(14.25 / 3, 14);
    expect(loss(batch, transpose(A), transpose(Y), { type: 'mse' })).toBeCloseTo(14.25 / 3, 14);
  });

  it('divides by the number of entries with outputs "mean", as PyTorch does', () => {
    expect(loss(features, A, Y, { type: 'mse', outputs: 'mean' })).toBeCloseTo(14.25 / 6, 14);
  });

  it('sums over the examples with reduction "sum"', () => {
    expect(loss(features, A, Y, { type: 'mse', reduction: 'sum' })).toBeCloseTo(14.25, 14);
  });

  it.each([
    [features, [[1, 2, 3]], [0, 0, 0]],
    [features, [[1, 2, 3]], [[0, 0, 0]]],
    [batch, [[1], [2], [3]], [0, 0, 0]],
    [batch, [[1], [2], [3]], [[0], [0], [0]]],
  ])('takes the target of a single output as a vector or as the prediction, %s', (layout, X, Y) => {
    expect(loss(layout, X, Y, { type: 'mse' })).toBeCloseTo(14 / 3, 14);
  });
});

describe('binary cross-entropy', () => {
  const P = [[0.9, 0.2, 0.6]];
  const expected = -(Math.log(0.9) + Math.log(0.8) + 0.25 * Math.log(0.6) + 0.75 * Math.log(0.4)) / 3;

  it('is −y·log p − (1 − y)·log(1 − p) of probabilities', () => {
    expect(loss(features, P, [1, 0, 0.25], { type: 'binary-cross-entropy' })).toBeCloseTo(expected, 14);
    expect(loss(batch, transpose(P), [[1], [0], [0.25]], { type: 'binary-cross-entropy' })).toBeCloseTo(
      expected,
      14,
    );
  });

  it('of logits is the same with p = 1/(1 + e⁻ᶻ)', () => {
    const Z = [P[0].map((p) => Math.log(p / (1 - p)))];
    const cost = loss(features, Z, [1, 0, 0.25], { type: 'binary-cross-entropy', from: 'logits' });
    expect(cost).toBeCloseTo(expected, 14);
  });

  it('of logits neither overflows nor loses a small loss', () => {
    const cost = (z: number, y: number) =>
      loss(features, [[z]], [y], { type: 'binary-cross-entropy', from: 'logits' });
    expect(cost(800, 0)).toBe(800);
    expect(cost(-800, 1)).toBe(800);
    expect(cost(40, 1) / Math.exp(-40)).toBeCloseTo(1, 12);
  });

  it('of probabilities is NaN where NumPy gives NaN: the formula is taken literally', () => {
    expect(loss(features, [[0]], [0], { type: 'binary-cross-entropy' })).toBeNaN();
  });

  it('of several outputs sums them per example, or averages them', () => {
    const A = [
      [0.9, 0.2],
      [0.6, 0.7],
    ];
    const Y = [
      [1, 0],
      [0, 1],
    ];
    const total = -Math.log(0.9) - Math.log(0.8) - Math.log(0.4) - Math.log(0.7);
    expect(loss(features, A, Y, { type: 'binary-cross-entropy' })).toBeCloseTo(total / 2, 14);
    expect(loss(features, A, Y, { type: 'binary-cross-entropy', outputs: 'mean' })).toBeCloseTo(
      total / 4,
      14,
    );
  });
});

describe('cross-entropy', () => {
  const logits = fc.array(
    fc.array(fc.double({ min: -50, max: 50, noNaN: true }), { minLength: 3, maxLength: 3 }),
    {
      minLength: 1,
      maxLength: 5,
    },
  );

  it('of logits is log Σ eᶻ − z of the class, for indices and one-hot targets in both layouts', () => {
    fc.assert(
      fc.property(logits, fc.infiniteStream(fc.nat({ max: 2 })), (Z, stream) => {
        const classes = Z.map(() => Number(stream.next().value));
        const hot = classes.map((c) => [0, 1, 2].map((k) => (k === c ? 1 : 0)));
        const losses = Z.map((z, i) => {
          const max = Math.max(...z);
          return max - z[classes[i]] + Math.log(sum(z.map((x) => Math.exp(x - max))));
        });
        const expected = sum(losses) / Z.length;
        const costs = [
          loss(batch, Z, classes, { type: 'cross-entropy' }),
          loss(batch, Z, hot, { type: 'cross-entropy' }),
          loss(batch, Z, transpose([classes]), { type: 'cross-entropy' }),
          loss(features, transpose(Z), classes, { type: 'cross-entropy' }),
          loss(features, transpose(Z), [classes], { type: 'cross-entropy' }),
          loss(features, transpose(Z), transpose(hot), { type: 'cross-entropy' }),
        ];
        for (const cost of costs)
          expect(Math.abs(cost - expected)).toBeLessThanOrEqual(1e-13 * Math.max(1, expected));
      }),
    );
  });

  it('of probabilities is −log p of the class, or −Σ y·log p', () => {
    const P = [
      [0.2, 0.5, 0.3],
      [0.1, 0.1, 0.8],
    ];
    const from = { type: 'cross-entropy', from: 'probabilities' };
    const expected = -Math.log(0.5) - Math.log(0.8);
    expect(loss(batch, P, [1, 2], { ...from, reduction: 'sum' })).toBeCloseTo(expected, 14);
    expect(
      loss(
        batch,
        P,
        [
          [0, 1, 0],
          [0, 0, 1],
        ],
        { ...from, reduction: 'sum' },
      ),
    ).toBeCloseTo(expected, 14);
    expect(
      loss(
        batch,
        P,
        [
          [0, 0.5, 0.5],
          [0, 0, 1],
        ],
        from,
      ),
    ).toBeCloseTo((-0.5 * Math.log(0.5) - 0.5 * Math.log(0.3) - Math.log(0.8)) / 2, 14);
  });

  it('of logits does not overflow', () => {
    expect(loss(batch, [[1000, 0, -1000]], [1], { type: 'cross-entropy' })).toBe(1000);
  });
});

describe('regularization', () => {
  const W = [
    [1, -2],
    [3, 0.5],
  ];
  const X = [[1, 2, 3, 4]];
  const model = (regularization: object[]) => ({
    layout: features,
    layers: [identity],
    loss: { type: 'mse', target: 'Y' },
    regularization,
  });
  const penalty = (...regularization: object[]) =>
    costOf(model(regularization), { X, Y: X[0] }, { W, b: [-7] });

  it.each([
    ['1/(2m)', 1 / 8],
    ['1/m', 1 / 4],
    ['1/2', 1 / 2],
    ['1', 1],
    [0.3, 0.3],
  ])('with scale %j multiplies lambda by it, m being the number of examples', (scale, factor) => {
    const l2 = { type: 'l2', lambda: 0.7, parameters: ['W'], scale };
    expect(penalty(l2)).toBeCloseTo(0.7 * factor * (1 + 4 + 9 + 0.25), 14);
    expect(penalty({ ...l2, type: 'l1' })).toBeCloseTo(0.7 * factor * 6.5, 14);
  });

  it('takes m from the rows when examples come first', () => {
    const regularization = [{ type: 'l2', lambda: 1, parameters: ['w'], scale: '1/m' }];
    const rows = { ...model(regularization), layout: batch };
    expect(
      costOf(
        rows,
        {
          X: [
            [1, 2],
            [3, 4],
            [5, 6],
          ],
          Y: [
            [1, 2],
            [3, 4],
            [5, 6],
          ],
        },
        { w: 3 },
      ),
    ).toBeCloseTo(3, 14);
  });

  it('adds up over its parameters, over several regularisers, and to the loss', () => {
    const l2 = { type: 'l2', lambda: 2, parameters: ['W', 'b'], scale: '1' };
    const l1 = { type: 'l1', lambda: 3, parameters: ['b'], scale: '1' };
    expect(penalty(l2, l1)).toBeCloseTo(2 * (14.25 + 49) + 3 * 7, 12);
    expect(costOf(model([l1]), { X, Y: [0, 0, 0, 0] }, { b: [-7] })).toBeCloseTo(30 / 4 + 21, 14);
  });
});
