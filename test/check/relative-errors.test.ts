import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RelativeErrors } from '../../src/check/report/relative-errors.ts';
import { relativeError } from '../../src/check/report/worst-components.ts';

/** The bin of an error, found by looking at one edge after the other. */
function binAmong(edges: readonly number[], error: number): number {
  return edges.findLastIndex((edge, i) => edge <= error && i < edges.length - 1);
}

function histogramOf(pairs: readonly (readonly [number, number])[]) {
  const errors = new RelativeErrors();
  const claimed = Float64Array.from(pairs, ([a]) => a);
  const numeric = Float64Array.from(pairs, ([, n]) => n);
  const ranks = errors.addRange(claimed, numeric, 0, pairs.length).slice(0, pairs.length);
  return { ...errors.histogram(), ranks, largest: errors.largest };
}

describe('the histogram of relative errors', () => {
  const nearEdge = fc
    .tuple(fc.integer({ min: -13, max: 2 }), fc.double({ min: 0.99, max: 1.01 }))
    .map(([decade, factor]) => [1 + factor * 10 ** decade, 1] as const);
  const any = fc.tuple(fc.double(), fc.double());

  it('counts every error in the bin that its edges say, whatever its size', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(nearEdge, any), { maxLength: 200 }), (pairs) => {
        const { edges, counts } = histogramOf(pairs);
        const expected = new Array(edges.length - 1).fill(0);
        for (const [a, n] of pairs) expected[binAmong(edges, relativeError(a, n))]++;
        expect(counts).toEqual(expected);
      }),
    );
  });

  it('has an error that is an edge in the bin above it', () => {
    const { edges, counts } = histogramOf([
      [0, 0],
      [1, 0.9],
      [1, 0],
      [2, -2],
    ]);
    expect(edges.slice(-3)).toEqual([0.1, 1, 10]);
    expect(counts.slice(-2)).toEqual([relativeError(1, 0.9) >= 0.1 ? 1 : 0, 2]);
    expect(counts[0]).toBe(1);
  });

  it('keeps the largest difference, and NaN once one was', () => {
    expect(
      histogramOf([
        [1, 3],
        [0, 1],
      ]).largest,
    ).toBe(2);
    expect(
      histogramOf([
        [1, 3],
        [Number.NaN, 1],
        [0, 100],
      ]).largest,
    ).toBeNaN();
  });
});
