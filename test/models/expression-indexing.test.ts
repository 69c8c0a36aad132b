import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { counting, faultsOf, tensorOf } from './expression-cost.ts';

const data = { v: [10, 20, 30, 40], X: counting([2, 3]), C: counting([2, 3, 4]), y: [2, 0], k: 1 };

describe('indexing', () => {
  it.each([
    ['v[0]', [], [10]],
    ['v[-1]', [], [40]],
    ['v[1:3]', [2], [20, 30]],
    ['v[:-1]', [3], [10, 20, 30]],
    ['v[::-1]', [4], [40, 30, 20, 10]],
    ['v[-2:-100:-2]', [2], [30, 10]],
    ['v[2:100]', [2], [30, 40]],
    ['X[0]', [3], [1, 2, 3]],
    ['X[0][1]', [], [2]],
    ['X[(1, 2)]', [], [6]],
    ['X[:, 1]', [2], [2, 5]],
    ['X[:, 1:2]', [2, 1], [2, 5]],
    ['X[..., -1]', [2], [3, 6]],
    ['X[...]', [2, 3], [1, 2, 3, 4, 5, 6]],
    ['X[None]', [1, 2, 3], [1, 2, 3, 4, 5, 6]],
    ['X[:, newaxis, 0]', [2, 1], [1, 4]],
    ['X[np.newaxis, ..., 0, None]', [1, 2, 1], [1, 4]],
    ['C[1, ..., ::3]', [3, 2], [13, 16, 17, 20, 21, 24]],
    ['C.shape[-1] * C.shape[:2][0]', [], [8]],
  ])('%s is what NumPy gives', (expression, shape, values) => {
    expect(tensorOf(expression, data)).toEqual({ shape, values });
  });

  it('slices as Python does, whatever the bounds', () => {
    const bound = fc.option(fc.integer({ min: -9, max: 9 }), { nil: undefined });
    const step = fc.integer({ min: -3, max: 3 }).filter((value) => value !== 0);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 6 }), bound, bound, step, (length, start, stop, by) => {
        const values = Array.from({ length }, (_, i) => i);
        const expected = pythonSlice(values, start, stop, by);
        const expression = `v[${start ?? ''}:${stop ?? ''}:${by}]`;
        if (expected.length === 0)
          expect(faultsOf(`sum(${expression})`, { v: values })[0]).toContain('is empty');
        else expect(tensorOf(expression, { v: values }).values).toEqual(expected);
      }),
    );
  });
});

/** `list[start:stop:step]`, entry by entry: those i = start, start + step, … that lie before the stop and exist. */
function pythonSlice(
  list: number[],
  start: number | undefined,
  stop: number | undefined,
  step: number,
): number[] {
  const fromEnd = (bound: number) => (bound < 0 ? bound + list.length : bound);
  const first = start === undefined ? (step > 0 ? 0 : list.length - 1) : fromEnd(start);
  const limit = stop === undefined ? (step > 0 ? list.length : -1) : fromEnd(stop);
  // CPython moves a start outside the list to the nearest place from which the step can still go on.
  const from = step > 0 ? Math.max(0, first) : Math.min(list.length - 1, first);
  const taken: number[] = [];
  for (let i = from; step > 0 ? i < limit : i > limit; i += step) {
    if (i >= 0 && i < list.length) taken.push(list[i]);
  }
  return taken;
}

describe('indexing by tensors', () => {
  it.each([
    ['X[arange(2), y]', [2], [3, 4]],
    ['X[range(len(y)), y]', [2], [3, 4]],
    ['X.T[y, arange(2)]', [2], [3, 4]],
    ['X[[1, 0], y]', [2], [6, 1]],
    ['X[[1, 1, 0], [0, 2, 1]]', [3], [4, 6, 2]],
    ['X[arange(2), y - 1]', [2], [2, 6]],
    ['X[arange(2), y.astype(int)]', [2], [3, 4]],
    ['v[y]', [2], [30, 10]],
    ['X[k, y]', [2], [6, 4]],
    ['X[y - 1, k]', [2], [5, 5]],
    ['X[k, k]', [], [5]],
    ['v[k]', [], [20]],
    ['v[[0, -1]]', [2], [10, 40]],
    ['X[:, y]', [2, 2], [3, 1, 6, 4]],
    ['X[None, :, y]', [1, 2, 2], [3, 1, 6, 4]],
    ['X[y - 1, 0]', [2], [4, 4]],
    ['eye(3)[y]', [2, 3], [0, 0, 1, 1, 0, 0]],
    ['C[0, y]', [2, 4], [9, 10, 11, 12, 1, 2, 3, 4]],
    ['C[arange(2), y]', [2, 4], [9, 10, 11, 12, 13, 14, 15, 16]],
    ['C[:, y, [0, 3]]', [2, 2], [9, 4, 21, 16]],
    ['C[..., y][1, 0]', [2], [15, 13]],
    ['v[[[0, 1], [2, 3]]]', [2, 2], [10, 20, 30, 40]],
  ])('%s is what NumPy gives', (expression, shape, values) => {
    expect(tensorOf(expression, data)).toEqual({ shape, values });
  });

  it('an entry that is not finite does not spread to those that were taken', () => {
    const result = tensorOf('P[[0, 1]]', { P: { shape: [3, 1], values: [1, 2, 'Infinity'] } });
    expect(result.values).toEqual([1, 2]);
  });

  it.each([
    ['X[arange(2), y + 1]', 'the index 3 (entry 0) is outside an axis of length 3'],
    ['X[arange(2), y - 4]', 'the index -4 (entry 1) is outside an axis of length 3'],
    ['X[arange(2), y / 4]', 'the index 0.5 (entry 0)'],
    ['X[arange(3), y]', 'two indices must be vectors of one length'],
    ['v[w]', 'the index depends on a parameter'],
    ['v[v > 15]', 'indexing with a comparison is not supported'],
    ['C[0, :, y]', 'must stand next to each other'],
    ['C[y, :, y]', 'must stand next to each other'],
    ['C[arange(2), y, y]', 'at most two axes'],
  ])('%s is refused', (expression, reason) => {
    const faults = faultsOf(`sum(${expression})`, data, { w: 1 });
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain(reason);
  });
});
