import type { ComparisonKernels, LineKernels, SumKernels } from '../../src/kernels/reduction-kernels.ts';
import { canonical, type Elementary } from './plain-elementwise.ts';

type Terms = (i: number) => number;

/** The documented order of every sum, written down once more. */
export function orderedSum(count: number, term: Terms): number {
  if (count > 256) {
    const first = Math.ceil(Math.ceil(count / 256) / 2) * 256;
    return orderedSum(first, term) + orderedSum(count - first, (i) => term(first + i));
  }
  const s = [0, 0, 0, 0, 0, 0, 0, 0];
  for (let i = 0; i < count; i++) s[i % 8] += term(i);
  return s[0] + s[2] + (s[4] + s[6]) + (s[1] + s[3] + (s[5] + s[7]));
}

export function plainSums(m: Float64Array): SumKernels {
  const run = (a: number, stride: number): Terms => {
    return (i) => m[a + i * stride];
  };
  const product = (a: number, aStride: number, b: number, bStride: number): Terms => {
    return (i) => m[a + i * aStride] * m[b + i * bStride];
  };
  const difference = (a: number, aStride: number, b: number, bStride: number): Terms => {
    return (i) => m[a + i * aStride] - m[b + i * bStride];
  };
  const forRows = (rows: number, out: number, outStride: number, value: (row: number) => number) => {
    for (let row = 0; row < rows; row++) m[out + row * outStride] = canonical(value(row));
  };
  return {
    sum: (count, a, stride) => canonical(orderedSum(count, run(a, stride))),
    dot: (count, a, aStride, b, bStride) => canonical(orderedSum(count, product(a, aStride, b, bStride))),
    sumOfDifferences: (count, a, aStride, b, bStride) =>
      canonical(orderedSum(count, difference(a, aStride, b, bStride))),
    sumRows: (rows, columns, a, aRow, aColumn, out, outStride) =>
      forRows(rows, out, outStride, (row) => orderedSum(columns, run(a + row * aRow, aColumn))),
    sumColumns: (rows, columns, a, aRow, out) =>
      forRows(columns, out, 1, (column) => orderedSum(rows, run(a + column, aRow))),
    dotRows: (rows, columns, a, aRow, aColumn, b, bRow, bColumn, out, outStride) =>
      forRows(rows, out, outStride, (row) =>
        orderedSum(columns, product(a + row * aRow, aColumn, b + row * bRow, bColumn)),
      ),
    sumRowsOfDifferences: (rows, columns, a, aRow, aColumn, b, bRow, bColumn, out, outStride) =>
      forRows(rows, out, outStride, (row) =>
        orderedSum(columns, difference(a + row * aRow, aColumn, b + row * bRow, bColumn)),
      ),
  };
}

/** A line's results from its entries. */
type Line = (entries: readonly number[]) => readonly number[];

export function plainLines(m: Float64Array, elementary: Elementary): LineKernels {
  const sumOfExp = (entries: readonly number[], largest: number) =>
    orderedSum(entries.length, (i) => elementary('exp', entries[i] - largest));
  const softmax: Line = (entries) => {
    const largest = Math.max(...entries);
    const total = sumOfExp(entries, largest);
    return entries.map((entry) => elementary('exp', entry - largest) / total);
  };
  const logSoftmax: Line = (entries) => {
    const largest = Math.max(...entries);
    const log = elementary('log', sumOfExp(entries, largest));
    return entries.map((entry) => entry - largest - log);
  };
  const logSumExp: Line = (entries) => {
    const largest = Math.max(...entries);
    if (Math.abs(largest) === Infinity) return [largest];
    return [largest + elementary('log', sumOfExp(entries, largest))];
  };
  /** Applies `line` to `lines` lines of `length` entries; what it gives is stored from `out` on. */
  const along = (
    line: Line,
    [lines, a, aLine, out, outLine]: readonly number[],
    [length, aEntry, outEntry]: readonly number[],
  ) => {
    for (let i = 0; i < lines; i++) {
      const entries = Array.from({ length }, (_, j) => m[a + i * aLine + j * aEntry]);
      line(entries).forEach((value, j) => {
        m[out + i * outLine + j * outEntry] = canonical(value);
      });
    }
  };
  const largest: Line = (entries) => [Math.max(...entries)];
  const smallest: Line = (entries) => [Math.min(...entries)];
  return {
    maxRows: (rows, columns, a, aRow, aColumn, out, outStride) =>
      along(largest, [rows, a, aRow, out, outStride], [columns, aColumn, 0]),
    minRows: (rows, columns, a, aRow, aColumn, out, outStride) =>
      along(smallest, [rows, a, aRow, out, outStride], [columns, aColumn, 0]),
    maxColumns: (rows, columns, a, aRow, out) => along(largest, [columns, a, 1, out, 1], [rows, aRow, 0]),
    minColumns: (rows, columns, a, aRow, out) => along(smallest, [columns, a, 1, out, 1], [rows, aRow, 0]),
    softmaxRows: (rows, columns, a, aRow, out, outRow) =>
      along(softmax, [rows, a, aRow, out, outRow], [columns, 1, 1]),
    logSoftmaxRows: (rows, columns, a, aRow, out, outRow) =>
      along(logSoftmax, [rows, a, aRow, out, outRow], [columns, 1, 1]),
    logSumExpRows: (rows, columns, a, aRow, out, outStride) =>
      along(logSumExp, [rows, a, aRow, out, outStride], [columns, 1, 0]),
    softmaxColumns: (rows, columns, a, aRow, out, outRow) =>
      along(softmax, [columns, a, 1, out, 1], [rows, aRow, outRow]),
    logSoftmaxColumns: (rows, columns, a, aRow, out, outRow) =>
      along(logSoftmax, [columns, a, 1, out, 1], [rows, aRow, outRow]),
    logSumExpColumns: (rows, columns, a, aRow, out) =>
      along(logSumExp, [columns, a, 1, out, 1], [rows, aRow, 0]),
  };
}

export function plainComparisons(m: Float64Array): ComparisonKernels {
  return {
    signsDiffer(count, a, b) {
      for (let i = 0; i < count; i++) if (Math.sign(m[a + i]) !== Math.sign(m[b + i])) return 1;
      return 0;
    },
    choicesDiffer(blocks, rows, columns, a, b, largest) {
      const chosen = (start: number) => {
        const line = Array.from({ length: rows }, (_, i) => m[start + i * columns]);
        const extreme = largest ? Math.max(...line) : Math.min(...line);
        return Number.isNaN(extreme) ? line.findIndex(Number.isNaN) : line.indexOf(extreme);
      };
      for (let block = 0; block < blocks; block++)
        for (let j = 0; j < columns; j++) {
          const at = block * rows * columns + j;
          if (chosen(a + at) !== chosen(b + at)) return 1;
        }
      return 0;
    },
  };
}
