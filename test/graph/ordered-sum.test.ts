import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { orderedSum } from '../../src/graph/ops/ordered-sum.ts';
import { heapWith } from '../fixtures/on-kernels.ts';

describe('a sum over a table of entries', () => {
  it('has the bits that the kernels’ sum of the same terms has', () => {
    const terms = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { maxLength: 1500 });
    fc.assert(
      fc.property(terms, (values) => {
        const { floats, kernels } = heapWith(values);
        const table = Int32Array.from(values, (_, i) => i);
        expect(orderedSum(floats, 0, table)).toBe(kernels.sum(values.length, 0, 1));
      }),
      { numRuns: 50 },
    );
  });

  it('takes entries where the table says', () => {
    const { floats } = heapWith([1, 10, 100, 1000]);
    expect(orderedSum(floats, 1, Int32Array.of(2, 0))).toBe(1010);
  });
});
