import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { norm } from '../../src/check/verdict/norm.ts';
import { Comparison, combineDifferences } from '../../src/check/verdict/relative-difference.ts';

const of = (values: readonly number[]) => norm((take) => values.forEach((value) => void take(value)));
const compare = (numeric: readonly number[], claimed: readonly number[]) => {
  const comparison = new Comparison();
  numeric.forEach((value, i) => {
    comparison.add(value, claimed[i]);
  });
  return comparison.result();
};
const difference = (numeric: readonly number[], claimed: readonly number[]) =>
  compare(numeric, claimed).relativeDifference;

describe('the norm', () => {
  it('is that of Pythagoras', () => {
    expect(of([3, -4])).toBe(5);
    expect(of([])).toBe(0);
  });

  it('neither overflows nor vanishes', () => {
    expect(of([3e200, 4e200]) / 5e200).toBeCloseTo(1, 14);
    expect(of([5e-324])).toBe(5e-324);
    expect(of([3e-200, 4e-200]) / 5e-200).toBeCloseTo(1, 14);
    expect(of([3e160, 4e-160, 4e160]) / 5e160).toBeCloseTo(1, 14);
    expect(of([1e-170, 0, 1])).toBe(1);
  });

  it('keeps its digits where its terms are summed apart, on both sides of either edge', () => {
    for (const edge of [2 ** -500, 2 ** 480]) {
      const [below, above] = [edge * (1 - 2 ** -30), edge * (1 + 2 ** -30)];
      expect(of([3 * below, 4 * above]) / edge).toBeCloseTo(5, 8);
      expect(of([below, above]) / edge).toBeCloseTo(Math.SQRT2, 14);
      expect(of([below, below]) / below).toBeCloseTo(Math.SQRT2, 14);
      expect(of([above, above]) / above).toBeCloseTo(Math.SQRT2, 14);
    }
  });

  it('is NaN with a NaN and infinite with an infinity', () => {
    expect(of([1, Number.NaN])).toBeNaN();
    expect(of([1, Number.NEGATIVE_INFINITY])).toBe(Number.POSITIVE_INFINITY);
    expect(of([1e300, Number.NaN, 1])).toBeNaN();
  });

  it('is within rounding of hypot, however long the list', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { maxLength: 9000 }),
        (values) => {
          const expected = Math.hypot(...values);
          expect(Math.abs(of(values) - expected)).toBeLessThanOrEqual(1e-12 * expected);
        },
      ),
      { numRuns: 20 },
    );
  });
});

describe('the relative difference', () => {
  it('is the distance over the sum of the norms', () => {
    expect(difference([1, 0], [0, 0])).toBe(1);
    expect(difference([2, 0], [1, 0])).toBeCloseTo(1 / 3, 15);
  });

  it('is 0 between two zeros, not 0/0', () => {
    expect(difference([0, 0], [0, 0])).toBe(0);
  });

  it('is symmetric, at most 1, and does not depend on the scale', () => {
    // Not so small that the scale makes it vanish.
    const entry = fc.integer({ min: -10_000, max: 10_000 }).map((whole) => whole / 1000);
    const list = fc.array(fc.tuple(entry, entry), { minLength: 1 });
    fc.assert(
      fc.property(list, fc.constantFrom(2 ** -20, 2 ** 20), (pairs, scale) => {
        const [a, b] = [pairs.map(([x]) => x), pairs.map(([, y]) => y)];
        const plain = difference(a, b);
        expect(difference(b, a)).toBe(plain);
        expect(plain).toBeLessThanOrEqual(1 + 1e-15);
        const scaled = difference(
          a.map((x) => x * scale),
          b.map((x) => x * scale),
        );
        expect(Math.abs(scaled - plain)).toBeLessThanOrEqual(1e-12);
      }),
    );
  });
});

it('the relative difference of parts is that of all their components', () => {
  const pairs = fc.array(fc.tuple(fc.double({ min: -9, max: 9 }), fc.double({ min: -9, max: 9 })));
  fc.assert(
    fc.property(pairs, pairs, (first, second) => {
      const of = (list: typeof first) =>
        compare(
          list.map(([numeric]) => numeric),
          list.map(([, claimed]) => claimed),
        );
      const whole = of([...first, ...second]);
      const parts = combineDifferences([of(first), of(second)]);
      for (const key of ['numericNorm', 'claimedNorm', 'differenceNorm', 'relativeDifference'] as const) {
        if (Number.isNaN(whole[key])) expect(parts[key]).toBeNaN();
        else expect(Math.abs(parts[key] - whole[key])).toBeLessThanOrEqual(1e-14 * whole[key]);
      }
    }),
  );
});
