import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { atOnce, copyEach, copyNumbers, fillNumbers } from '../../src/check/piecewise.ts';
import { marksRange, packGradient, readMarks } from '../../src/check/verdict/stored-gradient.ts';

/** Lengths about the end of a piece, of two, and others. */
const length = fc.oneof(
  fc.integer({ min: 0, max: 20 }),
  fc.constantFrom(2 ** 17 - 1, 2 ** 17, 2 ** 17 + 1, 2 ** 18),
);

describe('work on many numbers', () => {
  it('copies all of them, to their place alone', () => {
    fc.assert(
      fc.property(length, fc.integer({ min: 0, max: 5 }), (count, offset) => {
        const source = Float64Array.from({ length: count }, (_, i) => i + 1);
        const target = new Float64Array(count + 10).fill(-1);
        atOnce(copyNumbers(source, target, offset));
        const expected = new Float64Array(count + 10).fill(-1);
        expected.set(source, offset);
        expect(Buffer.compare(Buffer.from(target.buffer), Buffer.from(expected.buffer))).toBe(0);
      }),
      { numRuns: 40 },
    );
  });

  it('fills all of a range, and nothing else', () => {
    fc.assert(
      fc.property(length, fc.integer({ min: 0, max: 5 }), (count, start) => {
        const target = new Float64Array(count + 10);
        atOnce(fillNumbers(target, 7, start, start + count));
        const expected = new Float64Array(count + 10).fill(7, start, start + count);
        expect(Buffer.compare(Buffer.from(target.buffer), Buffer.from(expected.buffer))).toBe(0);
      }),
      { numRuns: 40 },
    );
  });

  it('stops between two pieces, and not for few', () => {
    const stops = (count: number) =>
      [...copyNumbers(new Float64Array(count), new Float64Array(count))].length;
    expect([stops(0), stops(1000), stops(2 ** 17)]).toEqual([0, 0, 0]);
    expect([stops(2 ** 17 + 1), stops(2 ** 20)]).toEqual([1, 7]);
  });

  it('copies many short runs to their places, a piece of them at a time', () => {
    const stopsOf = (count: number, length: number) => {
      const target = new Float64Array(count * length);
      const runs = Array.from(
        { length: count },
        (_, i) => [new Float64Array(length).fill(i), i * length] as const,
      );
      const stops = [...copyEach(runs, target)].length;
      expect([0, length, 2 * length].map((at) => target[at])).toEqual([0, 1, 2]);
      return stops;
    };
    expect([stopsOf(3, 10), stopsOf(8, 2 ** 17), stopsOf(8, 2 ** 16), stopsOf(8, 2 ** 18)]).toEqual([
      0, 7, 3, 15,
    ]);
  });
});

it('a gradient of several pieces is packed whole', () => {
  const count = 3 * 2 ** 17 + 5;
  const numeric = Float64Array.from({ length: count }, (_, i) => i / 3);
  const marks = Uint8Array.from({ length: count }, (_, i) => i % 251);
  const bounds = new Float32Array(count).fill(0.5);
  const packed = atOnce(packGradient({ numeric, marks, bounds, compared: [], refinements: new Map() }));
  expect(packed[count - 1]).toBe(numeric[count - 1]);
  const range = marksRange(count, count - 9, count);
  const read = readMarks(packed.subarray(range.offset, range.offset + range.count), range.skip, 9);
  expect([...read]).toEqual([...marks.subarray(count - 9)]);
});
