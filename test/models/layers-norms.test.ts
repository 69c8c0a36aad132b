import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { costOf, type NamedJsonTensors } from './layers-cost.ts';
import { at, images, normalize, type PlainImages } from './plain-images.ts';

const shapes = fc.record({
  examples: fc.integer({ min: 2, max: 3 }),
  groups: fc.integer({ min: 1, max: 2 }),
  perGroup: fc.integer({ min: 1, max: 2 }),
  rows: fc.integer({ min: 1, max: 3 }),
  columns: fc.integer({ min: 2, max: 3 }),
  seed: fc.integer({ min: 1000, max: 1e6 }),
});

function drawn(shape: PlainImages['shape'], seed: number): PlainImages {
  let state = seed;
  return images(shape, () => {
    state = (state * 48271) % 2147483647;
    return 3 * (state / 2147483647) - 1;
  });
}

function expectGives(
  layer: object,
  x: PlainImages,
  expected: PlainImages,
  tensors: NamedJsonTensors,
  data: NamedJsonTensors = {},
) {
  const target = drawn(expected.shape, 77);
  const model = {
    layout: 'batch-first',
    layers: [layer],
    loss: { type: 'mse', target: 'T', reduction: 'sum' },
  };
  const cost = costOf(model, { X: x, T: target, ...data }, tensors);
  const wanted = expected.values.reduce((sum, value, i) => sum + (value - target.values[i]) ** 2, 0);
  expect(Math.abs(cost - wanted)).toBeLessThanOrEqual(1e-12 * wanted);
}

const gainOf = (c: number) => 1 + 0.5 * c;
const biasOf = (c: number) => 0.25 - c;
const affine = (value: number, c: number) => gainOf(c) * value + biasOf(c);

function perChannel(channels: number): { readonly g: number[]; readonly b: number[] } {
  const all = Array.from({ length: channels }, (_, c) => c);
  return { g: all.map(gainOf), b: all.map(biasOf) };
}

describe('a norm', () => {
  it('of a batch takes each channel over all examples and places', () => {
    fc.assert(
      fc.property(shapes, ({ examples, groups, perGroup, rows, columns, seed }) => {
        const x = drawn([examples, groups * perGroup, rows, columns], seed);
        const expected = normalize(x, (_n, c) => `${c}`, 1e-5, affine);
        const layer = { type: 'batch-norm', gain: 'g', bias: 'b' };
        expectGives(layer, x, expected, { ...perChannel(groups * perGroup) });
      }),
    );
  });

  it('of groups takes the channels of each group of an example', () => {
    fc.assert(
      fc.property(shapes, ({ examples, groups, perGroup, rows, columns, seed }) => {
        const x = drawn([examples, groups * perGroup, rows, columns], seed);
        const expected = normalize(x, (n, c) => `${n} ${Math.floor(c / perGroup)}`, 0.01, affine);
        const layer = { type: 'group-norm', groups, gain: 'g', bias: 'b', epsilon: 0.01 };
        expectGives(layer, x, expected, { ...perChannel(groups * perGroup) });
      }),
    );
  });

  it('of a layer takes the last axes, one or several', () => {
    fc.assert(
      fc.property(shapes, ({ examples, groups, perGroup, rows, columns, seed }) => {
        const x = drawn([examples, groups * perGroup, rows, columns], seed);
        const plain = (value: number) => value;
        const lines = normalize(x, (n, c, row) => `${n} ${c} ${row}`, 1e-5, plain);
        expectGives({ type: 'layer-norm' }, x, lines, {});
        const whole = normalize(x, (n) => `${n}`, 1e-5, affine);
        const shape = x.shape.slice(1);
        const values = (of: (c: number) => number) =>
          images(x.shape, (_n, c) => of(c)).values.slice(0, rows * columns * shape[0]);
        const g = { shape, values: values(gainOf) };
        const b = { shape, values: values(biasOf) };
        expectGives({ type: 'layer-norm', axes: 3, gain: 'g', bias: 'b' }, x, whole, { g, b });
      }),
    );
  });

  it('by the root mean square takes no mean off', () => {
    const x = drawn([2, 2, 2, 3], 4321);
    const expected = images(x.shape, (n, c, row, column) => {
      const squares = [0, 1, 2].map((j) => at(x, n, c, row, j) ** 2);
      const root = Math.sqrt((squares[0] + squares[1] + squares[2]) / 3 + 1e-5);
      return (at(x, n, c, row, column) / root) * gainOf(column);
    });
    expectGives({ type: 'rms-norm', gain: 'g' }, x, expected, { g: [0, 1, 2].map(gainOf) });
  });

  it('of a batch takes running statistics that are named in place of the batch’s', () => {
    const x = drawn([2, 3, 1, 2], 99);
    const [means, variances] = [
      [0.5, -1, 2],
      [1, 4, 0.25],
    ];
    const expected = images(x.shape, (n, c, row, column) =>
      affine((at(x, n, c, row, column) - means[c]) / Math.sqrt(variances[c] + 1e-5), c),
    );
    const layer = {
      type: 'batch-norm',
      gain: 'g',
      bias: 'b',
      runningMean: 'means',
      runningVariance: 'variances',
    };
    expectGives(layer, x, expected, { ...perChannel(3) }, { means, variances });
  });

  it.each(['batch-norm', 'layer-norm', 'rms-norm'])('%s of columns of features is that of rows', (type) => {
    const rows = [
      [1, -2, 0.5],
      [3, 0.25, -1],
    ];
    const columns = rows[0].map((_, i) => rows.map((row) => row[i]));
    const loss = { type: 'mse', target: 'T', reduction: 'sum' };
    const layers = [{ type, gain: 'g' }];
    const of = (layout: string, X: number[][]) =>
      costOf({ layout, layers, loss }, { X, T: X.map((line) => line.map(() => 0)) }, { g: [1, 2, 3] });
    expect(of('features-first', columns)).toBeCloseTo(of('batch-first', rows), 12);
  });
});

describe('an embedding', () => {
  const E = [
    [1, 2],
    [3, 4],
    [5, 6],
  ];
  const cost = (X: number[] | number[][], T: object) =>
    costOf(
      {
        layout: 'batch-first',
        layers: [{ type: 'embedding', weights: 'E' }],
        loss: { type: 'mse', target: 'T', reduction: 'sum' },
      },
      { X, T: JSON.parse(JSON.stringify(T)) },
      { E },
    );

  it('gives each index its row of the table', () => {
    expect(
      cost(
        [2, 0],
        [
          [0, 0],
          [0, 0],
        ],
      ),
    ).toBe(25 + 36 + 1 + 4);
    expect(
      cost(
        [[1, 1]],
        [
          [
            [3, 4],
            [0, 1],
          ],
        ],
      ),
    ).toBe(9 + 9);
  });
});
