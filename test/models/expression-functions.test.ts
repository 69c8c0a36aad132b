import { describe, expect, it } from 'vitest';
import { allFunctions } from '../../src/models/expression/functions/function-table.ts';
import { counting, tensorOf } from './expression-cost.ts';

const X = [
  [0.5, -1.25, 2],
  [3, -0.75, 0.25],
];
const data = {
  X,
  v: [1, -2, 3],
  u: [4, 5, 6],
  s: 2,
  C: counting([2, 3, 4]),
  S: [
    [1, 2],
    [3, 4],
  ],
  y: [2, 0],
};
const flat = X.flat();
const rows = (f: (row: number[]) => number) => X.map(f);
const columns = (f: (column: number[]) => number) => [0, 1, 2].map((j) => f(X.map((row) => row[j])));
const sum = (list: number[]) => list.reduce((total, value) => total + value, 0);
const mean = (list: number[]) => sum(list) / list.length;
const variance = (list: number[], ddof = 0) =>
  sum(list.map((value) => (value - mean(list)) ** 2)) / (list.length - ddof);
const logSumExp = (list: number[]) => Math.log(sum(list.map(Math.exp)));
const softmax = (list: number[]) => list.map((value) => Math.exp(value - logSumExp(list)));
const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
const softplus = (x: number) => Math.log(1 + Math.exp(x));
const each = (f: (x: number) => number) => flat.map(f);
const positive = flat.map(Math.abs);

/** Expression, shape, values row-major: from plain formulas or written out by hand. */
const cases: readonly (readonly [string, readonly number[], readonly number[]])[] = [
  ['exp(X)', [2, 3], each(Math.exp)],
  ['log(abs(X))', [2, 3], positive.map(Math.log)],
  ['log1p(abs(X))', [2, 3], positive.map(Math.log1p)],
  ['expm1(X)', [2, 3], each(Math.expm1)],
  ['log2(abs(X))', [2, 3], positive.map(Math.log2)],
  ['log10(absolute(X))', [2, 3], positive.map(Math.log10)],
  ['sqrt(np.fabs(X))', [2, 3], positive.map(Math.sqrt)],
  ['square(X)', [2, 3], each((x) => x * x)],
  ['sign(X)', [2, 3], each(Math.sign)],
  ['negative(X)', [2, 3], each((x) => -x)],
  ['reciprocal(X)', [2, 3], each((x) => 1 / x)],
  ['sin(X)', [2, 3], each(Math.sin)],
  ['cos(X)', [2, 3], each(Math.cos)],
  ['tan(X)', [2, 3], each(Math.tan)],
  ['sinh(X)', [2, 3], each(Math.sinh)],
  ['cosh(X)', [2, 3], each(Math.cosh)],
  ['tanh(X)', [2, 3], each(Math.tanh)],
  ['add(X, v)', [2, 3], [1.5, -3.25, 5, 4, -2.75, 3.25]],
  ['subtract(X, s)', [2, 3], each((x) => x - 2)],
  ['multiply(X, v)', [2, 3], [0.5, 2.5, 6, 3, 1.5, 0.75]],
  ['divide(X, 2)', [2, 3], each((x) => x / 2)],
  ['power(X, 3)', [2, 3], each((x) => x ** 3)],
  ['maximum(X, 0)', [2, 3], each((x) => Math.max(x, 0))],
  ['minimum(0, X)', [2, 3], each((x) => Math.min(x, 0))],
  ['less(X, 0.5)', [2, 3], each((x) => Number(x < 0.5))],
  ['less_equal(X, 0.5)', [2, 3], each((x) => Number(x <= 0.5))],
  ['greater(X, 0.5)', [2, 3], each((x) => Number(x > 0.5))],
  ['greater_equal(X, 0.5)', [2, 3], each((x) => Number(x >= 0.5))],
  ['equal(X, 0.5)', [2, 3], [1, 0, 0, 0, 0, 0]],
  ['not_equal(X, 0.5)', [2, 3], [0, 1, 1, 1, 1, 1]],
  ['logical_and(v, v > 0)', [3], [1, 0, 1]],
  ['logical_or(v > 5, v - 1)', [3], [0, 1, 1]],
  ['logical_not(v - 1)', [3], [1, 0, 0]],
  ['logaddexp(0, X)', [2, 3], each(softplus)],
  ['logaddexp(1000, v)', [3], [1000, 1000, 1000]],
  ['sigmoid(X)', [2, 3], each(sigmoid)],
  ['relu(X)', [2, 3], [0.5, 0, 2, 3, 0, 0.25]],
  ['leaky_relu(X)', [2, 3], each((x) => (x > 0 ? x : 0.01 * x))],
  ['leaky_relu(X, slope=0.2)', [2, 3], each((x) => (x > 0 ? x : 0.2 * x))],
  ['leaky_relu(X, s)', [2, 3], each((x) => (x > 0 ? x : 2 * x))],
  ['elu(X)', [2, 3], each((x) => (x > 0 ? x : Math.exp(x) - 1))],
  ['elu(X*1000, s)', [2, 3], each((x) => (x > 0 ? 1000 * x : -2))],
  ['silu(X)', [2, 3], each((x) => x * sigmoid(x))],
  ['softplus(X)', [2, 3], each(softplus)],
  ['log_sigmoid(X)', [2, 3], each((x) => Math.log(sigmoid(x)))],
  ['softmax(X)', [2, 3], X.flatMap(softmax)],
  ['softmax(X.T, axis=0).T', [2, 3], X.flatMap(softmax)],
  ['log_softmax(X, axis=-1)', [2, 3], X.flatMap((row) => softmax(row).map(Math.log))],
  ['logsumexp(X)', [], [logSumExp(flat)]],
  ['logsumexp(X, 1)', [2], rows(logSumExp)],
  ['logsumexp(X, axis=0, keepdims=True)', [1, 3], columns(logSumExp)],
  ['logsumexp(X, axis=(0, 1), keepdims=True)', [1, 1], [logSumExp(flat)]],
  ['sum(X)', [], [sum(flat)]],
  ['X.sum(0)', [3], columns(sum)],
  ['sum(X, axis=-1, keepdims=True)', [2, 1], rows(sum)],
  ['sum(C, axis=(0, 2))', [3], [68, 100, 132]],
  ['sum(s)', [], [2]],
  ['mean(X, axis=1)', [2], rows(mean)],
  ['X.mean()', [], [mean(flat)]],
  ['max(X, axis=0)', [3], [3, -0.75, 2]],
  ['np.amin(X)', [], [-1.25]],
  ['X.min(axis=1)', [2], [-1.25, -0.75]],
  ['var(X, axis=0)', [3], columns((list) => variance(list))],
  ['X.var(ddof=1, keepdims=True)', [1, 1], [variance(flat, 1)]],
  ['std(X, axis=1)', [2], rows((list) => Math.sqrt(variance(list)))],
  ['np.linalg.norm(X)', [], [Math.hypot(...flat)]],
  ['norm(X, axis=1, keepdims=True)', [2, 1], rows((row) => Math.hypot(...row))],
  ['norm(v, 1)', [], [6]],
  ['norm(v, ord=2)', [], [Math.hypot(1, -2, 3)]],
  ['matmul(X, v)', [2], [9, 5.25]],
  ['v.dot(u)', [], [12]],
  ['np.dot(X.T, S)', [3, 2], [9.5, 13, -3.5, -5.5, 2.75, 5]],
  ['dot(s, v)', [3], [2, -4, 6]],
  ['inner(X, v)', [2], [9, 5.25]],
  ['inner(S, S)', [2, 2], [5, 11, 11, 25]],
  ['outer(y, v)', [2, 3], [2, -4, 6, 0, 0, 0]],
  ['outer(S, y)[3]', [2], [8, 0]],
  ['dot(C, s)[1, 2, 3]', [], [48]],
  ['trace(S)', [], [5]],
  ['reshape(X, (3, 2))', [3, 2], flat],
  ['X.reshape(3, -1)', [3, 2], flat],
  ['reshape(X, shape=-1)', [6], flat],
  ['transpose(X)', [3, 2], columns((column) => column[0]).flatMap((first, j) => [first, X[1][j]])],
  ['transpose(C, (2, 0, 1))[3, 1]', [3], [16, 20, 24]],
  ['C.transpose(-1, 0, 1)[3, 1]', [3], [16, 20, 24]],
  ['C.swapaxes(0, -1)[3, :, 1]', [3], [16, 20, 24]],
  ['C.mT[0, 1]', [3], [2, 6, 10]],
  ['C.T[1, 2]', [2], [10, 22]],
  ['ravel(X)', [6], flat],
  ['X.flatten()', [6], flat],
  ['squeeze(X[:1])', [3], X[0]],
  ['squeeze(X[:1, :1], axis=0)', [1], [0.5]],
  ['expand_dims(v, 0)', [1, 3], [1, -2, 3]],
  ['expand_dims(v, -1)', [3, 1], [1, -2, 3]],
  ['broadcast_to(v, (2, 3))', [2, 3], [1, -2, 3, 1, -2, 3]],
  ['len(X) + 10*len(X.shape)', [], [22]],
  ['shape(X)', [2], [2, 3]],
  ['np.size(X)', [], [6]],
  ['ndim(C)', [], [3]],
  ['concatenate([v, u])', [6], [1, -2, 3, 4, 5, 6]],
  ['concatenate((X, ones((2, 1))), axis=1)', [2, 4], [0.5, -1.25, 2, 1, 3, -0.75, 0.25, 1]],
  ['stack([v, u])', [2, 3], [1, -2, 3, 4, 5, 6]],
  ['stack([v, u], axis=-1)', [3, 2], [1, 4, -2, 5, 3, 6]],
  ['vstack([v, X])', [3, 3], [1, -2, 3, ...flat]],
  ['hstack([X, S])', [2, 5], [0.5, -1.25, 2, 1, 2, 3, -0.75, 0.25, 3, 4]],
  ['hstack([s, v])', [4], [2, 1, -2, 3]],
  ['array([[1, 2], [3, 4]], dtype=float)', [2, 2], [1, 2, 3, 4]],
  ['np.array([s, s**2, 1])', [3], [2, 4, 1]],
  ['[1, 2, 3] * v', [3], [1, -4, 9]],
  ['where(X > 0, X, -v)', [2, 3], [0.5, 2, 2, 3, 2, 0.25]],
  ['clip(X, -1, 1)', [2, 3], each((x) => Math.min(1, Math.max(-1, x)))],
  ['X.clip(min=0)', [2, 3], each((x) => Math.max(0, x))],
  ['clip(X, max=0)', [2, 3], each((x) => Math.min(0, x))],
  ['take(v, [2, 0, -1])', [3], [3, 1, 3]],
  ['X.take(y, axis=1)', [2, 2], [2, 0.5, 0.25, 3]],
  ['take_along_axis(X, y[:, None], axis=1)', [2, 1], [2, 3]],
  ['take_along_axis(X, [[0, 1, -1]], axis=0)', [1, 3], [0.5, -0.75, 0.25]],
  ['zeros(3)', [3], [0, 0, 0]],
  ['ones((1, 2))', [1, 2], [1, 1]],
  ['full((2, 1), s)', [2, 1], [2, 2]],
  ['zeros_like(v)', [3], [0, 0, 0]],
  ['ones_like(v)', [3], [1, 1, 1]],
  ['full_like(v, 7)', [3], [7, 7, 7]],
  ['eye(2)', [2, 2], [1, 0, 0, 1]],
  ['arange(3)', [3], [0, 1, 2]],
  ['arange(1, 2, 0.25)', [4], [1, 1.25, 1.5, 1.75]],
  ['range(5, 0, -2)', [3], [5, 3, 1]],
  ['float(3) / int(2.9) + int(-2.9)', [], [-0.5]],
  ['np.prod(C.shape)', [], [24]],
  ['(X > 0).astype(float)', [2, 3], [1, 0, 1, 1, 0, 1]],
  ['y.astype(int)', [2], [2, 0]],
  ['1.0 - v.astype(bool).astype(np.int64)', [3], [0, 0, 0]],
  ['v.copy()', [3], [1, -2, 3]],
];

describe('functions', () => {
  it.each(cases)('%s is what NumPy gives', (expression, shape, values) => {
    const result = tensorOf(expression, data);
    expect(result.shape).toEqual(shape);
    expect(result.values).toHaveLength(values.length);
    result.values.forEach((value, i) => {
      expect(Math.abs(value - values[i])).toBeLessThanOrEqual(1e-14 * Math.max(1, Math.abs(values[i])));
    });
  });

  it('are all among these cases', () => {
    const text = cases.map(([expression]) => expression).join('\n');
    const names = (name: string, aliases: readonly string[]) => [name, ...aliases];
    const unseen = allFunctions.filter(
      ({ name, aliases }) => !names(name, aliases).some((known) => new RegExp(`\\b${known}\\(`).test(text)),
    );
    expect(allFunctions.length).toBeGreaterThan(70);
    expect(unseen.map(({ name }) => name)).toEqual([]);
  });

  it('have a line of documentation and a signature that starts with their name', () => {
    for (const { name, signature, doc } of allFunctions) {
      expect(signature.startsWith(`${name}(`)).toBe(true);
      expect(doc).not.toBe('');
    }
  });
});

describe('comparisons are NumPy bools', () => {
  it.each([
    ['(X > 0) & (X < 2)', each((x) => Number(x > 0 && x < 2))],
    ['(X > 2) | (X < -1)', each((x) => Number(x > 2 || x < -1))],
    ['(X > 0) ^ (X > 1)', each((x) => Number(x > 0 && x <= 1))],
    ['~(X > 0)', each((x) => Number(x <= 0))],
    ['(X > 0) + (X > 1)', each((x) => Number(x > 0))],
    ['(X > 0)*1.0 + (X > 1)', each((x) => Number(x > 0) + Number(x > 1))],
    ['1 - (X > 0)', each((x) => 1 - Number(x > 0))],
    ['~(X.T > 0).T[::-1, None][::-1, 0]', each((x) => Number(x <= 0))],
  ])('%s', (expression, values) => {
    expect(tensorOf(expression, data).values).toEqual(values);
  });
});
