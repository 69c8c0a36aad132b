import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { BinaryKernels, UnaryKernels } from '../../src/kernels/elementwise-kernels.ts';
import { KernelPair } from './kernel-pair.ts';
import { gaps, Places, readStride, seed, span, specials, writeStride } from './places.ts';

const unary = [
  'exp',
  'expm1',
  'log',
  'log1p',
  'tanh',
  'sigmoid',
  'softplus',
  'erf',
  'sqrt',
  'square',
  'reciprocal',
  'abs',
  'negate',
  'sign',
  'relu',
] as const satisfies readonly (keyof UnaryKernels)[];
const binary = [
  'add',
  'subtract',
  'multiply',
  'divide',
  'maximum',
  'minimum',
  'less',
  'lessOrEqual',
  'equal',
  'notEqual',
] as const satisfies readonly (keyof BinaryKernels)[];

const pair = new KernelPair(8192);
const count = fc.integer({ min: 0, max: 40 });
const rows = fc.integer({ min: 0, max: 5 });
const columns = fc.integer({ min: 0, max: 20 });
const rowPadding = fc.integer({ min: 0, max: 9 });

describe('a kernel of one number', () => {
  it.each(unary)('%s gives each entry the bits it has alone, and writes nothing else', (name) => {
    fc.assert(
      fc.property(
        count,
        readStride,
        writeStride,
        gaps,
        seed,
        specials,
        (n, xStride, outStride, gap, s, special) => {
          const places = new Places(gap);
          const x = places.take(span(1, n, 0, xStride));
          const out = places.take(span(1, n, 0, outStride));
          pair.fill(s, special);
          expect(pair.difference((k) => k[name](n, x, xStride, out, outStride))).toBeUndefined();
        },
      ),
    );
  });

  it.each(unary)('%s may overwrite its input', (name) => {
    fc.assert(
      fc.property(count, writeStride, seed, specials, (n, stride, s, special) => {
        pair.fill(s, special);
        expect(pair.difference((k) => k[name](n, 5, stride, 5, stride))).toBeUndefined();
      }),
    );
  });

  it.each(['leakyRelu', 'scale'] as const)('%s takes its factor by value', (name) => {
    fc.assert(
      fc.property(
        count,
        fc.double(),
        readStride,
        writeStride,
        seed,
        specials,
        (n, factor, xStride, outStride, s, special) => {
          pair.fill(s, special);
          expect(pair.difference((k) => k[name](n, 3, xStride, factor, 300, outStride))).toBeUndefined();
        },
      ),
    );
  });
});

describe('a kernel of two numbers', () => {
  it.each(binary)('%s broadcasts rows, columns and single numbers, and writes nothing else', (name) => {
    fc.assert(
      fc.property(
        fc.tuple(rows, columns),
        fc.tuple(readStride, readStride, writeStride),
        fc.tuple(fc.nat(30), fc.nat(30), rowPadding),
        gaps,
        seed,
        specials,
        ([m, n], [aColumn, bColumn, outColumn], [aRow, bRow, padding], gap, s, special) => {
          const outRow = n * outColumn + padding;
          const places = new Places(gap);
          const a = places.take(span(m, n, aRow, aColumn));
          const b = places.take(span(m, n, bRow, bColumn));
          const out = places.take(span(m, n, outRow, outColumn));
          pair.fill(s, special);
          const run = pair.difference((k) =>
            k[name](m, n, a, aRow, aColumn, b, bRow, bColumn, out, outRow, outColumn),
          );
          expect(run).toBeUndefined();
        },
      ),
    );
  });

  it.each(binary)('%s may overwrite either input', (name) => {
    fc.assert(
      fc.property(
        rows,
        columns,
        writeStride,
        fc.boolean(),
        seed,
        specials,
        (m, n, stride, first, s, special) => {
          pair.fill(s, special);
          const row = n * stride;
          const out = first ? 7 : 1000;
          const run = pair.difference((k) =>
            k[name](m, n, 7, row, stride, 1000, row, stride, out, row, stride),
          );
          expect(run).toBeUndefined();
        },
      ),
    );
  });
});

describe('a kernel that moves entries', () => {
  it('select takes from either side, NaN payloads and all', () => {
    fc.assert(
      fc.property(
        fc.tuple(rows, columns),
        fc.tuple(readStride, readStride, readStride, writeStride),
        fc.tuple(fc.nat(30), fc.nat(30), fc.nat(30), rowPadding),
        seed,
        ([m, n], [cColumn, aColumn, bColumn, outColumn], [cRow, aRow, bRow, padding], s) => {
          pair.fill(s, 8);
          const outRow = n * outColumn + padding;
          const run = pair.difference((k) =>
            k.select(
              m,
              n,
              1,
              cRow,
              cColumn,
              502,
              aRow,
              aColumn,
              1003,
              bRow,
              bColumn,
              1504,
              outRow,
              outColumn,
            ),
          );
          expect(run).toBeUndefined();
        },
      ),
    );
  });

  it('copy gathers, scatters and transposes', () => {
    fc.assert(
      fc.property(
        rows,
        columns,
        readStride,
        writeStride,
        fc.nat(30),
        rowPadding,
        seed,
        (m, n, fromColumn, toColumn, fromRow, padding, s) => {
          pair.fill(s, 5);
          const run = pair.difference((k) =>
            k.copy(m, n, 3, fromRow, fromColumn, 901, n * toColumn + padding, toColumn),
          );
          expect(run).toBeUndefined();
        },
      ),
    );
    pair.fill(1, 0);
    pair.kernels.copy(2, 3, 0, 1, 2, 100, 3, 1);
    expect([...pair.floats.slice(100, 106)]).toEqual([0, 2, 4, 1, 3, 5].map((i) => pair.floats[i]));
  });

  it('fill writes one number with any stride', () => {
    fc.assert(
      fc.property(count, fc.double({ noNaN: true }), writeStride, seed, (n, value, stride, s) => {
        pair.fill(s, 0);
        expect(pair.difference((k) => k.fill(n, value, 11, stride))).toBeUndefined();
      }),
    );
  });
});
