import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { KernelPair } from './kernel-pair.ts';
import { gaps, Places, readStride, seed, span, specials, writeStride } from './places.ts';

const pair = new KernelPair(32_768);
/** Lengths around the accumulators, the blocks and the places where longer sums are cut. */
const length = fc.oneof(
  fc.integer({ min: 0, max: 40 }),
  fc.integer({ min: 240, max: 270 }),
  fc.integer({ min: 500, max: 2100 }),
);
const lines = fc.integer({ min: 0, max: 5 });
const padding = fc.integer({ min: 0, max: 9 });

describe('a sum', () => {
  it.each(['sum', 'dot', 'sumOfDifferences'] as const)('%s adds in the documented order', (name) => {
    fc.assert(
      fc.property(
        length,
        readStride,
        readStride,
        gaps,
        seed,
        specials,
        (n, aStride, bStride, gap, s, special) => {
          const places = new Places(gap);
          const a = places.take(span(1, n, 0, aStride));
          const b = places.take(span(1, n, 0, bStride));
          pair.fill(s, special);
          const run = pair.difference((k) =>
            name === 'sum' ? k.sum(n, a, aStride) : k[name](n, a, aStride, b, bStride),
          );
          expect(run).toBeUndefined();
        },
      ),
    );
  });

  it.each(['dotRows', 'sumRowsOfDifferences'] as const)(
    '%s gives each row the bits of its own sum',
    (name) => {
      fc.assert(
        fc.property(
          lines,
          length,
          readStride,
          readStride,
          fc.nat(2000),
          fc.nat(2000),
          writeStride,
          seed,
          specials,
          (rows, n, aColumn, bColumn, aRow, bRow, outStride, s, special) => {
            const places = new Places([1]);
            const a = places.take(span(rows, n, aRow, aColumn));
            const b = places.take(span(rows, n, bRow, bColumn));
            const out = places.take(span(1, rows, 0, outStride));
            fc.pre(out + rows * outStride < pair.floats.length);
            pair.fill(s, special);
            const run = pair.difference((k) =>
              k[name](rows, n, a, aRow, aColumn, b, bRow, bColumn, out, outStride),
            );
            expect(run).toBeUndefined();
          },
        ),
      );
    },
  );

  it('has the same bits along rows, along columns and along a strided run', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 700 }), fc.integer({ min: 1, max: 7 }), seed, (n, columns, s) => {
        pair.fill(s, 0);
        const { kernels, floats } = pair;
        kernels.sumColumns(n, columns, 0, columns, 30_000);
        kernels.sumRows(columns, n, 0, 1, columns, 30_100, 1);
        kernels.copy(columns, n, 0, 1, columns, 10_000, n, 1);
        kernels.sumRows(columns, n, 10_000, n, 1, 30_200, 1);
        const along = (at: number) => [...floats.slice(at, at + columns)];
        expect(along(30_100)).toEqual(along(30_000));
        expect(along(30_200)).toEqual(along(30_000));
      }),
    );
  });
});

describe.each(['sumRows', 'maxRows', 'minRows'] as const)('%s', (name) => {
  it('equals the plain reference for any strides', () => {
    const longEnough = length.map((n) => Math.max(n, 1));
    fc.assert(
      fc.property(
        lines,
        longEnough,
        readStride,
        fc.nat(2000),
        writeStride,
        seed,
        specials,
        (rows, n, column, row, outStride, s, special) => {
          const out = span(rows, n, row, column) + 1;
          fc.pre(out + rows * outStride < pair.floats.length);
          pair.fill(s, special);
          expect(pair.difference((k) => k[name](rows, n, 0, row, column, out, outStride))).toBeUndefined();
        },
      ),
    );
  });
});

describe.each(['sumColumns', 'maxColumns', 'minColumns', 'logSumExpColumns'] as const)('%s', (name) => {
  it('equals the plain reference for any number of rows and columns', () => {
    const rowCount = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 250, max: 1100 }));
    fc.assert(
      fc.property(
        rowCount,
        fc.integer({ min: 0, max: 9 }),
        padding,
        seed,
        specials,
        (rows, n, pad, s, special) => {
          pair.fill(s, special);
          const run = pair.difference((k) => k[name](rows, n, 1, n + pad, 2 + rows * (n + pad)));
          expect(run).toBeUndefined();
        },
      ),
    );
  });
});

describe.each(['softmaxRows', 'logSoftmaxRows', 'softmaxColumns', 'logSoftmaxColumns'] as const)(
  '%s',
  (name) => {
    const shape = fc.oneof(
      fc.tuple(fc.integer({ min: 1, max: 6 }), fc.integer({ min: 1, max: 30 })),
      fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 250, max: 600 })),
      fc.tuple(fc.integer({ min: 250, max: 600 }), fc.integer({ min: 1, max: 3 })),
    );

    it('equals the plain reference, and writes nothing else', () => {
      fc.assert(
        fc.property(shape, padding, padding, seed, specials, ([rows, n], aPad, outPad, s, special) => {
          pair.fill(s, special);
          const out = 3 + rows * (n + aPad);
          expect(pair.difference((k) => k[name](rows, n, 2, n + aPad, out, n + outPad))).toBeUndefined();
        }),
      );
    });

    it('may overwrite its input', () => {
      fc.assert(
        fc.property(shape, padding, seed, specials, ([rows, n], pad, s, special) => {
          pair.fill(s, special);
          expect(pair.difference((k) => k[name](rows, n, 9, n + pad, 9, n + pad))).toBeUndefined();
        }),
      );
    });
  },
);

it('logSumExpRows equals the plain reference, at infinities too', () => {
  fc.assert(
    fc.property(
      lines,
      fc.integer({ min: 1, max: 300 }),
      padding,
      writeStride,
      seed,
      specials,
      (rows, n, pad, outStride, s, special) => {
        pair.fill(s, special);
        const run = pair.difference((k) => k.logSumExpRows(rows, n, 1, n + pad, 9000, outStride));
        expect(run).toBeUndefined();
      },
    ),
  );
});

it('an infinite largest entry is its logSumExp, and an all −∞ line has no softmax', () => {
  pair.fill(1, 0);
  const { kernels, floats } = pair;
  floats.set([-Infinity, -Infinity, 3, Infinity], 0);
  kernels.logSumExpRows(2, 2, 0, 2, 10, 1);
  kernels.softmaxRows(1, 2, 0, 2, 20, 2);
  expect([...floats.slice(10, 12), ...floats.slice(20, 22)]).toEqual([
    -Infinity,
    Infinity,
    Number.NaN,
    Number.NaN,
  ]);
});

describe('signsDiffer', () => {
  const sizes = fc.constantFrom(0, -0, 5e-324, -5e-324, 1e-200, -1e-200, 3, -2, 1e300, -Infinity, Infinity);

  it('finds a sign that changes anywhere in a run, and none where each stays', () => {
    fc.assert(
      fc.property(
        fc.array(sizes, { minLength: 1, maxLength: 40 }),
        gaps,
        fc.nat(39),
        fc.option(fc.constantFrom(0, 1, -1, Number.NaN), { nil: undefined }),
        (values, gap, at, change) => {
          const places = new Places(gap);
          const a = places.take(values.length);
          const b = places.take(values.length);
          pair.fill(1, 0);
          values.forEach((value, i) => {
            pair.set(a + i, value);
            pair.set(b + i, value === 0 ? -value : value / 3 === 0 ? value : value / 3);
          });
          if (change !== undefined) pair.set(b + (at % values.length), change);
          expect(pair.difference((k) => k.signsDiffer(values.length, a, b))).toBeUndefined();
        },
      ),
    );
  });
});

describe('choicesDiffer', () => {
  const length = fc.integer({ min: 1, max: 5 });
  const values = fc.constantFrom(0, -0, 1, 1, 2, -3, Number.NaN, Infinity, -Infinity);

  it('finds another chosen row in any column, ties and NaN included, and none where each stays', () => {
    fc.assert(
      fc.property(
        fc.tuple(length, length, length),
        fc.constantFrom<0 | 1>(0, 1),
        fc.array(values, { minLength: 125, maxLength: 125 }),
        fc.option(fc.tuple(fc.nat(), values), { nil: undefined }),
        ([blocks, rows, columns], largest, drawn, change) => {
          const size = blocks * rows * columns;
          const places = new Places([0]);
          const a = places.take(size);
          const b = places.take(size);
          pair.fill(1, 0);
          drawn.slice(0, size).forEach((value, i) => {
            pair.set(a + i, value);
            pair.set(b + i, value);
          });
          if (change !== undefined) pair.set(b + (change[0] % size), change[1]);
          const difference = pair.difference((k) => k.choicesDiffer(blocks, rows, columns, a, b, largest));
          expect(difference).toBeUndefined();
        },
      ),
    );
  });
});
