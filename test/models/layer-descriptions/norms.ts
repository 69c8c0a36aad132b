import { at, draw, fill, type PlainTensor } from '../../conformance/model-conformance.ts';
import type { LayerDescription } from './layer-description.ts';

type Index = readonly number[];

/** Each entry less the mean of those that `together` puts it with, over √(variance + ε); of axes and layouts all. */
function standardized(
  X: PlainTensor,
  together: (index: Index) => string,
  epsilon: number,
  affine: (value: number, index: Index) => number,
): PlainTensor {
  const members = new Map<string, number[]>();
  fill(X.shape, (index) => {
    const key = together(index);
    members.set(key, [...(members.get(key) ?? []), at(X, ...index)]);
    return 0;
  });
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  return fill(X.shape, (index) => {
    const own = members.get(together(index)) ?? [];
    const center = mean(own);
    const variance = mean(own.map((value) => (value - center) ** 2));
    return affine((at(X, ...index) - center) / Math.sqrt(variance + epsilon), index);
  });
}

const [means, variances] = [draw([3], 90), draw([3], 91, { low: 0.5, high: 2 })];
const running = { runningMean: 'mean', runningVariance: 'variance' };

/** Every norm there is; over random shapes `layers-norms.test.ts` has their values. */
export const norms: readonly LayerDescription[] = [
  {
    layer: { type: 'batch-norm', gain: 'g', bias: 'b' },
    theta: { X: [3, 2, 2], g: [2], b: [2] },
    output: ({ X, g, b }) =>
      standardized(
        X,
        ([, c]) => `${c}`,
        1e-5,
        (value, [, c]) => at(g, c) * value + at(b, c),
      ),
  },
  {
    layer: { type: 'batch-norm', gain: 'g', epsilon: 0.1 },
    theta: { X: [4, 3], g: [3] },
    columns: true,
    output: ({ X, g }) =>
      standardized(
        X,
        ([, c]) => `${c}`,
        0.1,
        (value, [, c]) => at(g, c) * value,
      ),
  },
  {
    layer: { type: 'batch-norm', gain: 'g', bias: 'b', ...running },
    theta: { X: [2, 3], g: [3], b: [3] },
    data: { mean: means, variance: variances },
    columns: true,
    output: ({ X, g, b, mean, variance }) =>
      fill(X.shape, ([n, c]) => {
        const value = (at(X, n, c) - at(mean, c)) / Math.sqrt(at(variance, c) + 1e-5);
        return at(g, c) * value + at(b, c);
      }),
  },
  {
    layer: { type: 'layer-norm', gain: 'g', bias: 'b' },
    theta: { X: [2, 4], g: [4], b: [4] },
    columns: true,
    output: ({ X, g, b }) =>
      standardized(
        X,
        ([n]) => `${n}`,
        1e-5,
        (value, [, c]) => at(g, c) * value + at(b, c),
      ),
  },
  {
    layer: { type: 'layer-norm', axes: 2, gain: 'g' },
    theta: { X: [2, 2, 3], g: [2, 3] },
    output: ({ X, g }) =>
      standardized(
        X,
        ([n]) => `${n}`,
        1e-5,
        (value, [, t, c]) => at(g, t, c) * value,
      ),
  },
  {
    layer: { type: 'group-norm', groups: 2, gain: 'g', bias: 'b' },
    theta: { X: [2, 4, 3], g: [4], b: [4] },
    output: ({ X, g, b }) =>
      standardized(
        X,
        ([n, c]) => `${n} ${Math.floor(c / 2)}`,
        1e-5,
        (value, [, c]) => at(g, c) * value + at(b, c),
      ),
  },
  {
    layer: { type: 'rms-norm', gain: 'g' },
    theta: { X: [2, 3], g: [3] },
    columns: true,
    output: ({ X, g }) =>
      fill(X.shape, ([n, c]) => {
        const squares = [0, 1, 2].map((j) => at(X, n, j) ** 2);
        return (at(g, c) * at(X, n, c)) / Math.sqrt((squares[0] + squares[1] + squares[2]) / 3 + 1e-5);
      }),
  },
];
