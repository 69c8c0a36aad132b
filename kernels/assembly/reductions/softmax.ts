import { canonical } from '../canonical';
import { exponential } from '../functions/exponential';
import { logarithm } from '../functions/logarithm';
import { bytes, FLOAT, gather, loadOne, PAIR, scatter, storeOne } from '../vector';
import { largestOfColumns, largestOfRow } from './extremes';
import { Entry, ExponentialTerm, loadColumns } from './terms';
import { columnTotal, total } from './total';

/*
 * Softmax and its logarithms along the rows of a matrix, or along its columns with the same bits. The largest entry
 * is taken off before exponentials, so that none overflows. Rows are runs; there is at least one entry to a line;
 * `out` may be `a`.
 */

/** out[i,j] = e^(a[i,j] − maxⱼ) / Σⱼ e^(a[i,j] − maxⱼ) */
export function softmaxRows(rows: usize, columns: usize, a: usize, aRow: usize, out: usize, outRow: usize): void {
  a = bytes(a);
  aRow = bytes(aRow);
  out = bytes(out);
  outRow = bytes(outRow);
  const end = (columns & ~1) * FLOAT;
  for (let row: usize = 0; row < rows; row++) {
    const largest = largestOfRow(columns, a, FLOAT);
    for (let j: usize = 0; j < end; j += PAIR) {
      v128.store(out + j, exponential(f64x2.sub(v128.load(a + j), largest)));
    }
    if (columns & 1) storeOne(out + end, exponential(f64x2.sub(loadOne(a + end), largest)));
    const sum = f64x2.splat(total<Entry>(columns, out, FLOAT, out, 0, largest));
    for (let j: usize = 0; j < end; j += PAIR) v128.store(out + j, canonical(f64x2.div(v128.load(out + j), sum)));
    if (columns & 1) storeOne(out + end, canonical(f64x2.div(loadOne(out + end), sum)));
    a += aRow;
    out += outRow;
  }
}

/** Rows of which each step is taken before the next one. */
const ROWS: usize = 32;

/** out[i,j] = (a[i,j] − maxⱼ) − log Σⱼ e^(a[i,j] − maxⱼ) */
export function logSoftmaxRows(rows: usize, columns: usize, a: usize, aRow: usize, out: usize, outRow: usize): void {
  a = bytes(a);
  aRow = bytes(aRow);
  out = bytes(out);
  outRow = bytes(outRow);
  while (rows > 0) {
    const block = min(rows, ROWS);
    if (a == out || columns == 1) {
      for (let row: usize = 0; row < block; row++) logSoftmaxOfRow(columns, a + row * aRow, out + row * outRow);
    } else {
      logSoftmaxOfRows(block, columns, a, aRow, out, outRow);
    }
    a += block * aRow;
    out += block * outRow;
    rows -= block;
  }
}

/**
 * The steps of a row wait for each other, those of several rows do not: each step is taken for all rows. The first
 * entries of a row of `out` keep its largest entry and the logarithm until it is written.
 */
function logSoftmaxOfRows(rows: usize, columns: usize, a: usize, aRow: usize, out: usize, outRow: usize): void {
  for (let row: usize = 0; row < rows; row++) {
    storeOne(out + row * outRow, largestOfRow(columns, a + row * aRow, FLOAT));
  }
  const sums = out + FLOAT;
  for (let row: usize = 0; row < rows; row++) {
    const from = a + row * aRow;
    const largest = v128.load64_splat(out + row * outRow);
    store<f64>(sums + row * outRow, total<ExponentialTerm>(columns, from, FLOAT, from, 0, largest));
  }
  let row: usize = 0;
  for (; row + 2 <= rows; row += 2) {
    const two = sums + row * outRow;
    scatter(two, outRow, logarithm(gather(two, outRow)));
  }
  if (row < rows) storeOne(sums + row * outRow, logarithm(loadOne(sums + row * outRow)));
  for (row = 0; row < rows; row++) {
    const to = out + row * outRow;
    lessTwoOfRow(columns, a + row * aRow, v128.load64_splat(to), v128.load64_splat(to, FLOAT), to);
  }
}

function logSoftmaxOfRow(columns: usize, a: usize, out: usize): void {
  const largest = largestOfRow(columns, a, FLOAT);
  const log = logarithm(f64x2.splat(total<ExponentialTerm>(columns, a, FLOAT, a, 0, largest)));
  lessTwoOfRow(columns, a, largest, log, out);
}

@inline
function lessTwoOfRow(columns: usize, a: usize, largest: v128, log: v128, out: usize): void {
  const end = (columns & ~1) * FLOAT;
  for (let j: usize = 0; j < end; j += PAIR) v128.store(out + j, lessTwo(v128.load(a + j), largest, log));
  if (columns & 1) storeOne(out + end, lessTwo(loadOne(a + end), largest, log));
}

/** out[i] = maxⱼ + log Σⱼ e^(a[i,j] − maxⱼ) */
export function logSumExpRows(
  rows: usize,
  columns: usize,
  a: usize,
  aRow: usize,
  out: usize,
  outStride: usize,
): void {
  a = bytes(a);
  aRow = bytes(aRow);
  out = bytes(out);
  outStride = bytes(outStride);
  for (let row: usize = 0; row < rows; row++) {
    const largest = largestOfRow(columns, a, FLOAT);
    const sum = f64x2.splat(total<ExponentialTerm>(columns, a, FLOAT, a, 0, largest));
    storeOne(out, logarithmOfSum(largest, sum));
    a += aRow;
    out += outStride;
  }
}

/** out[i,j] = e^(a[i,j] − maxᵢ) / Σᵢ e^(a[i,j] − maxᵢ) */
export function softmaxColumns(rows: usize, columns: usize, a: usize, aRow: usize, out: usize, outRow: usize): void {
  a = bytes(a);
  aRow = bytes(aRow);
  out = bytes(out);
  outRow = bytes(outRow);
  let j: usize = 0;
  for (; j + 2 <= columns; j += 2) softmaxOfColumns(rows, a + j * FLOAT, aRow, out + j * FLOAT, outRow, true);
  if (j < columns) softmaxOfColumns(rows, a + j * FLOAT, aRow, out + j * FLOAT, outRow, false);
}

function softmaxOfColumns(rows: usize, a: usize, aRow: usize, out: usize, outRow: usize, two: bool): void {
  const largest = largestOfColumns(rows, a, aRow, two);
  let to = out;
  for (let i: usize = 0; i < rows; i++) {
    storeColumns(to, exponential(f64x2.sub(loadColumns(a, two), largest)), two);
    a += aRow;
    to += outRow;
  }
  const sum = columnTotal<Entry>(rows, out, outRow, two, largest);
  for (let i: usize = 0; i < rows; i++) {
    storeColumns(out, canonical(f64x2.div(loadColumns(out, two), sum)), two);
    out += outRow;
  }
}

/** out[i,j] = (a[i,j] − maxᵢ) − log Σᵢ e^(a[i,j] − maxᵢ) */
export function logSoftmaxColumns(
  rows: usize,
  columns: usize,
  a: usize,
  aRow: usize,
  out: usize,
  outRow: usize,
): void {
  a = bytes(a);
  aRow = bytes(aRow);
  out = bytes(out);
  outRow = bytes(outRow);
  let j: usize = 0;
  for (; j + 2 <= columns; j += 2) logSoftmaxOfColumns(rows, a + j * FLOAT, aRow, out + j * FLOAT, outRow, true);
  if (j < columns) logSoftmaxOfColumns(rows, a + j * FLOAT, aRow, out + j * FLOAT, outRow, false);
}

function logSoftmaxOfColumns(rows: usize, a: usize, aRow: usize, out: usize, outRow: usize, two: bool): void {
  const largest = largestOfColumns(rows, a, aRow, two);
  const log = logarithm(columnTotal<ExponentialTerm>(rows, a, aRow, two, largest));
  for (let i: usize = 0; i < rows; i++) {
    storeColumns(out, lessTwo(loadColumns(a, two), largest, log), two);
    a += aRow;
    out += outRow;
  }
}

/** out[j] = maxᵢ + log Σᵢ e^(a[i,j] − maxᵢ) */
export function logSumExpColumns(rows: usize, columns: usize, a: usize, aRow: usize, out: usize): void {
  a = bytes(a);
  aRow = bytes(aRow);
  out = bytes(out);
  let j: usize = 0;
  for (; j + 2 <= columns; j += 2) v128.store(out + j * FLOAT, logSumExpOfColumns(rows, a + j * FLOAT, aRow, true));
  if (j < columns) storeOne(out + j * FLOAT, logSumExpOfColumns(rows, a + j * FLOAT, aRow, false));
}

@inline
function logSumExpOfColumns(rows: usize, a: usize, aRow: usize, two: bool): v128 {
  const largest = largestOfColumns(rows, a, aRow, two);
  return logarithmOfSum(largest, columnTotal<ExponentialTerm>(rows, a, aRow, two, largest));
}

/** An infinite largest entry is the result; the sum is then NaN. */
@inline
function logarithmOfSum(largest: v128, sum: v128): v128 {
  const infinite = f64x2.eq(f64x2.abs(largest), f64x2.splat(Infinity));
  return canonical(v128.bitselect(largest, f64x2.add(largest, logarithm(sum)), infinite));
}

@inline
function lessTwo(a: v128, b: v128, c: v128): v128 {
  return canonical(f64x2.sub(f64x2.sub(a, b), c));
}

@inline
function storeColumns(to: usize, value: v128, two: bool): void {
  if (two) v128.store(to, value);
  else storeOne(to, value);
}
