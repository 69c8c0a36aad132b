import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sizeOf } from '../../src/tensors/tensor.ts';
import { costOf, type NamedJsonTensors } from './layers-cost.ts';
import {
  convolve,
  convolveTransposed,
  images,
  type Pair,
  type PlainImages,
  type PlainWindows,
  pool,
} from './plain-images.ts';

/** Numbers that repeat nowhere, so that each entry tells where it came from. */
function drawn(shape: PlainImages['shape'], seed: number): PlainImages {
  let state = seed;
  return images(shape, () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647 - 0.5;
  });
}

const small = fc.integer({ min: 1, max: 3 });
const pairs = (least: number, most: number): fc.Arbitrary<Pair> =>
  fc.tuple(fc.integer({ min: least, max: most }), fc.integer({ min: least, max: most }));

/** Windows, and an image that they fit on; images of one axis have one row. */
const settings = fc
  .record({
    axes: fc.constantFrom<1 | 2>(1, 2),
    examples: fc.integer({ min: 1, max: 2 }),
    groups: small,
    depth: fc.integer({ min: 1, max: 2 }),
    outputs: fc.integer({ min: 1, max: 2 }),
    size: pairs(1, 3),
    stride: pairs(1, 3),
    dilation: pairs(1, 2),
    padding: pairs(0, 2),
    more: pairs(0, 4),
    mode: fc.constantFrom('numbers', 'same', 'valid'),
    seed: fc.integer({ min: 1000, max: 1e6 }),
  })
  .map(({ axes, ...rest }) => {
    const flat = (pair: Pair, one: number): Pair => (axes === 1 ? [one, pair[1]] : pair);
    const [size, dilation] = [flat(rest.size, 1), flat(rest.dilation, 1)];
    return {
      ...rest,
      axes,
      size,
      dilation,
      stride: flat(rest.stride, 1),
      padding: rest.mode === 'numbers' ? flat(rest.padding, 0) : ([0, 0] as const),
      lengths: size.map((taps, axis) =>
        axes === 1 && axis === 0 ? 1 : dilation[axis] * (taps - 1) + 1 + rest.more[axis],
      ),
    };
  });

type Settings = typeof settings extends fc.Arbitrary<infer T> ? T : never;

/** As a document says it: both axes, or the last one alone. */
function written({ axes }: Settings, pair: Pair): number | readonly number[] {
  return axes === 1 ? pair[1] : pair;
}

function plainWindows({ size, stride, dilation, padding, lengths, mode }: Settings): PlainWindows {
  if (mode !== 'same') return { size, stride, dilation, before: padding, after: padding };
  const total = lengths.map((length, axis) => {
    const extent = dilation[axis] * (size[axis] - 1) + 1;
    return Math.max(0, (Math.ceil(length / stride[axis]) - 1) * stride[axis] + extent - length);
  });
  const half = total.map((entries) => Math.floor(entries / 2));
  return {
    size,
    stride,
    dilation,
    before: [half[0], half[1]],
    after: [total[0] - half[0], total[1] - half[1]],
  };
}

function writtenPadding(each: Settings) {
  return each.mode === 'numbers' ? written(each, each.padding) : each.mode;
}

/** As JSON; images of one axis leave their one row out. */
function tensorOf({ shape, values }: PlainImages, axes: 1 | 2) {
  return { shape: axes === 1 ? shape.filter((_, axis) => axis !== 2) : shape, values };
}

/** Whether a layer gives these images: Σ (z − t)² agrees for a t that has nothing in common with them. */
function expectGives(
  layer: object,
  x: PlainImages,
  expected: PlainImages,
  axes: 1 | 2,
  parameters: NamedJsonTensors,
) {
  const target = drawn(expected.shape, 77);
  const model = {
    layout: 'batch-first',
    layers: [layer],
    loss: { type: 'mse', target: 'T', reduction: 'sum' },
  };
  const cost = costOf(model, { X: tensorOf(x, axes), T: tensorOf(target, axes) }, parameters);
  const wanted = expected.values.reduce((sum, value, i) => sum + (value - target.values[i]) ** 2, 0);
  expect(Math.abs(cost - wanted)).toBeLessThanOrEqual(1e-12 * wanted);
}

const biasOf = (count: number) => Array.from({ length: count }, (_, i) => 0.3 * i - 0.4);

describe('over random windows', () => {
  it('a convolution is the sum over channels and taps that its formula says', () => {
    fc.assert(
      fc.property(settings, (each) => {
        const { axes, examples, groups, depth, outputs, size, lengths, seed } = each;
        const x = drawn([examples, groups * depth, lengths[0], lengths[1]], seed);
        const W = drawn([groups * outputs, depth, ...size], seed + 1);
        const b = biasOf(groups * outputs);
        const layer = {
          type: `conv${axes}d`,
          weights: 'W',
          bias: 'b',
          groups,
          stride: written(each, each.stride),
          dilation: written(each, each.dilation),
          padding: writtenPadding(each),
        };
        const expected = convolve(x, W, b, plainWindows(each), groups);
        expectGives(layer, x, expected, axes, { W: tensorOf(W, axes), b });
      }),
    );
  });

  it('a transposed convolution puts each entry times the window onto its output', () => {
    fc.assert(
      fc.property(settings, pairs(0, 1), (each, more) => {
        const { axes, examples, groups, depth, outputs, size, stride, dilation, seed } = each;
        const lengths: Pair = axes === 1 ? [1, each.more[1] + 1] : [each.more[0] + 1, each.more[1] + 1];
        const spare = (axis: 0 | 1) => Math.min(more[axis], Math.max(stride[axis], dilation[axis]) - 1);
        const extra: Pair = [axes === 1 ? 0 : spare(0), spare(1)];
        const cut = (axis: 0 | 1) => {
          const full =
            (lengths[axis] - 1) * stride[axis] + dilation[axis] * (size[axis] - 1) + 1 + extra[axis];
          return Math.min(each.padding[axis], Math.floor((full - 1) / 2));
        };
        const padding: Pair = [cut(0), cut(1)];
        const x = drawn([examples, groups * depth, ...lengths], seed);
        const W = drawn([groups * depth, outputs, ...size], seed + 1);
        const b = biasOf(groups * outputs);
        const layer = {
          type: `conv-transpose${axes}d`,
          weights: 'W',
          bias: 'b',
          groups,
          stride: written(each, stride),
          dilation: written(each, dilation),
          padding: written(each, padding),
          outputPadding: written(each, extra),
        };
        const windows = { size, stride, dilation, before: padding, after: padding };
        const expected = convolveTransposed(x, W, b, windows, extra, groups);
        expectGives(layer, x, expected, axes, { W: tensorOf(W, axes), b });
      }),
    );
  });

  it.each([
    ['max', {}, (entries: readonly number[]) => Math.max(...entries)],
    ['average', { countPadding: true }, (entries: readonly number[], all: number) => total(entries) / all],
    ['average', { countPadding: false }, (entries: readonly number[]) => total(entries) / entries.length],
  ])('a %s pooling with %j folds what each window sees', (kind, fields, fold) => {
    fc.assert(
      fc.property(settings, (drawnSettings) => {
        const each = kind === 'max' ? drawnSettings : { ...drawnSettings, dilation: [1, 1] as const };
        const windows = plainWindows(each);
        const x = drawn([each.examples, each.depth, each.lengths[0], each.lengths[1]], each.seed);
        const seen: number[] = [];
        const expected = pool(x, windows, (entries, all) => {
          seen.push(entries.length);
          return fold(entries, all);
        });
        fc.pre(!seen.includes(0));
        const layer = {
          type: `${kind}-pool${each.axes}d`,
          size: written(each, each.size),
          stride: written(each, each.stride),
          padding: writtenPadding(each),
          ...(kind === 'max' ? { dilation: written(each, each.dilation) } : {}),
          ...fields,
        };
        expectGives(layer, x, expected, each.axes, {});
      }),
    );
  });
});

function total(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}

describe('a pooling', () => {
  it('steps by its size unless it is told a stride', () => {
    const X = [[[1, 5, 2, 3, 9, 4]]];
    const cost = (type: string) =>
      costOf(
        {
          layout: 'batch-first',
          layers: [{ type, size: 2 }],
          loss: { type: 'mse', target: 'T', reduction: 'sum' },
        },
        { X, T: [[[0, 0, 0]]] },
      );
    expect(cost('max-pool1d')).toBe(25 + 9 + 81);
    expect(cost('average-pool1d')).toBe(9 + 6.25 + 42.25);
  });

  it('over a whole image leaves one number per channel', () => {
    const x = drawn([2, 3, 4, 2], 5);
    for (const [type, fold] of [
      ['global-max-pool', (values: readonly number[]) => Math.max(...values)],
      ['global-average-pool', (values: readonly number[]) => total(values) / values.length],
    ] as const) {
      const planes = Array.from({ length: 6 }, (_, plane) => fold(x.values.slice(plane * 8, plane * 8 + 8)));
      const T = { shape: [2, 3], values: [1, 2, 3, 4, 5, 6] };
      const cost = costOf(
        { layout: 'batch-first', layers: [{ type }], loss: { type: 'mse', target: 'T', reduction: 'sum' } },
        { X: tensorOf(x, 2), T },
      );
      expect(cost).toBeCloseTo(total(planes.map((value, i) => (value - i - 1) ** 2)), 12);
    }
  });
});

it('the images drawn for these tests repeat no number', () => {
  const { values, shape } = drawn([2, 3, 4, 5], 1234);
  expect(new Set(values).size).toBe(sizeOf(shape));
});
