import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KernelPair } from './kernel-pair.ts';
import { gaps, Places, readStride, seed, span, specials, writeStride } from './places.ts';

const SIZE = 524_288;
const pair = new KernelPair(SIZE);
const upTo = (max: number) => fc.integer({ min: 0, max });

/** Rows, columns, depth: tiny, few rows, few columns, and past every block of the packed way. */
const sizes = fc.oneof(
  fc.tuple(upTo(9), upTo(9), upTo(9)),
  fc.tuple(upTo(30), upTo(30), upTo(30)),
  fc.tuple(upTo(9), upTo(600), upTo(40)),
  fc.tuple(upTo(150), upTo(17), upTo(150)),
  fc.tuple(upTo(140), upTo(270), upTo(30)),
  fc.tuple(upTo(20), upTo(40), upTo(530)),
);

interface Layout {
  readonly transposed: readonly [boolean, boolean];
  /** What rows have beyond their entries, for A, B and C. */
  readonly padding: readonly [number, number, number];
  /** The stride along the run of A and of B. */
  readonly step: readonly [number, number];
}

const layout: fc.Arbitrary<Layout> = fc.record({
  transposed: fc.tuple(fc.boolean(), fc.boolean()),
  padding: fc.tuple(upTo(5), upTo(5), upTo(5)),
  step: fc.tuple(fc.constantFrom(1, 1, 1, 2), fc.constantFrom(1, 1, 1, 2)),
});

/** Strides of a matrix that is stored by rows, or by columns when transposed. */
function strides(columns: number, rows: number, transposed: boolean, padding: number, step: number) {
  const line = (transposed ? rows : columns) * step + padding;
  return transposed ? { row: step, column: line } : { row: line, column: step };
}

/** Multiplies with the kernel and the plain loops, and tells where they differ. */
function product(
  [rows, columns, depth]: readonly [number, number, number],
  { transposed, padding, step }: Layout,
  accumulate: 0 | 1,
  gap: readonly number[],
): string | undefined {
  const a = strides(depth, rows, transposed[0], padding[0], step[0]);
  const b = strides(columns, depth, transposed[1], padding[1], step[1]);
  const cRow = columns + padding[2];
  const places = new Places(gap);
  const aAt = places.take(span(rows, depth, a.row, a.column));
  const bAt = places.take(span(depth, columns, b.row, b.column));
  const cAt = places.take(span(rows, columns, cRow, 1));
  const scratch = pair.kernels.multiplyMatricesScratch(rows, columns, depth);
  expect(places.take(0) + scratch).toBeLessThan(SIZE);
  return pair.difference(
    (k) =>
      k.multiplyMatrices(
        rows,
        columns,
        depth,
        aAt,
        a.row,
        a.column,
        bAt,
        b.row,
        b.column,
        cAt,
        cRow,
        accumulate,
        SIZE - scratch,
      ),
    scratch,
  );
}

describe('a product of matrices', () => {
  it('adds each entry in the order of the depth, whatever the sizes, and writes nothing else', () => {
    fc.assert(
      fc.property(
        sizes,
        layout,
        fc.boolean(),
        gaps,
        seed,
        specials,
        (size, where, accumulate, gap, s, special) => {
          pair.fill(s, special / 10);
          expect(product(size, where, accumulate ? 1 : 0, gap)).toBeUndefined();
        },
      ),
      { numRuns: 60 },
    );
  });

  const plain: Layout = { transposed: [false, false], padding: [0, 0, 0], step: [1, 1] };
  const turned: Layout = { transposed: [true, true], padding: [1, 2, 3], step: [1, 1] };
  it.each([
    [129, 257, 257],
    [128, 256, 256],
    [130, 17, 513],
    [9, 300, 12],
    [8, 513, 20],
    [1, 1000, 77],
    [2, 259, 5],
    [300, 1, 60],
    [300, 3, 400],
    [13, 16, 100],
  ] as const)('%i×%i with depth %i crosses the edges of blocks and ways', (rows, columns, depth) => {
    pair.fill(rows, 0);
    expect(product([rows, columns, depth], plain, 0, [0])).toBeUndefined();
    pair.fill(columns, 0.01);
    expect(product([rows, columns, depth], turned, 1, [1, 2])).toBeUndefined();
  });

  it('with no depth is zero, or what C was', () => {
    pair.fill(3, 0);
    expect(product([3, 4, 0], plain, 0, [1])).toBeUndefined();
    expect(product([3, 4, 0], plain, 1, [1])).toBeUndefined();
  });

  it('stores the canonical NaN in every way', () => {
    for (const [rows, columns, depth] of [
      [3, 3, 3],
      [4, 400, 30],
      [40, 40, 40],
    ] as const) {
      pair.fill(1, 0);
      const negativeNaN = new BigUint64Array(pair.floats.buffer);
      negativeNaN[0] = 0xfff8_0000_dead_beefn;
      const c = 100_000;
      const scratch = 200_000;
      pair.kernels.multiplyMatrices(
        rows,
        columns,
        depth,
        0,
        depth,
        1,
        50_000,
        columns,
        1,
        c,
        columns,
        0,
        scratch,
      );
      expect(negativeNaN.slice(c, c + columns)).toEqual(
        new BigUint64Array(columns).fill(0x7ff8_0000_0000_0000n),
      );
    }
  });

  it('needs no scratch when small, and less than a megabyte however large', () => {
    expect(pair.kernels.multiplyMatricesScratch(4, 3, 5)).toBe(0);
    expect(pair.kernels.multiplyMatricesScratch(64, 2048, 2048)).toBeGreaterThan(0);
    expect(pair.kernels.multiplyMatricesScratch(100_000, 100_000, 100_000) * 8).toBeLessThan(2 ** 20);
  });
});

describe('an update of a cached product', () => {
  it('addOuter adds an outer product to a base elsewhere, or in place', () => {
    fc.assert(
      fc.property(
        fc.tuple(upTo(9), upTo(30)),
        fc.double({ min: -2, max: 2 }),
        fc.tuple(readStride, readStride),
        upTo(9),
        fc.boolean(),
        gaps,
        seed,
        specials,
        ([rows, columns], alpha, [xStride, yStride], padding, inPlace, gap, s, special) => {
          const places = new Places(gap);
          const row = columns + padding;
          const x = places.take(span(1, rows, 0, xStride));
          const y = places.take(span(1, columns, 0, yStride));
          const base = places.take(span(rows, columns, row, 1));
          const out = inPlace ? base : places.take(span(rows, columns, row, 1));
          pair.fill(s, special);
          const run = pair.difference((k) =>
            k.addOuter(rows, columns, alpha, x, xStride, y, yStride, base, row, out, row),
          );
          expect(run).toBeUndefined();
        },
      ),
      { numRuns: 40 },
    );
  });

  it('addScaledColumn moves one column', () => {
    fc.assert(
      fc.property(
        upTo(40),
        fc.double({ min: -2, max: 2 }),
        fc.tuple(readStride, readStride, writeStride),
        gaps,
        seed,
        specials,
        (count, alpha, [xStride, baseStride, outStride], gap, s, special) => {
          const places = new Places(gap);
          const x = places.take(span(1, count, 0, xStride));
          const base = places.take(span(1, count, 0, baseStride));
          const out = places.take(span(1, count, 0, outStride));
          pair.fill(s, special);
          const run = pair.difference((k) =>
            k.addScaledColumn(count, alpha, x, xStride, base, baseStride, out, outStride),
          );
          expect(run).toBeUndefined();
        },
      ),
      { numRuns: 40 },
    );
  });
});
