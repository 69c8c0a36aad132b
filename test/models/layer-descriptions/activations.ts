import { at, fill } from '../../conformance/model-conformance.ts';
import type { LayerDescription } from './layer-description.ts';

const input = { X: [3, 4] };

function entrywise(
  type: string,
  f: (x: number) => number,
  {
    kinks = [],
    range = [-3, 3],
    notAnalytic,
    ...fields
  }: Partial<LayerDescription> & Record<string, unknown> = {},
): LayerDescription {
  return {
    layer: { type, ...fields },
    theta: input,
    output: ({ X }) => ({ shape: X.shape, values: X.values.map(f) }),
    columns: true,
    kinks,
    range,
    ...(notAnalytic === undefined ? {} : { notAnalytic }),
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

/** Every activation there is. */
export const activations: readonly LayerDescription[] = [
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
  entrywise('softsign', (x) => x / (1 + Math.abs(x)), { kinks: [0], notAnalytic: 'abs' }),
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
