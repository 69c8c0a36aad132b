import { canonical } from '../canonical';
import { bytes, FLOAT, PAIR, storeOne } from '../vector';
import { Difference, Entry, Product } from './terms';
import { columnTotal, total } from './total';

@inline
function canonicalNumber(value: f64): f64 {
  return value == value ? value : NaN;
}

/** Σ a[i] */
export function sum(count: usize, a: usize, aStride: usize): f64 {
  return canonicalNumber(total<Entry>(count, bytes(a), bytes(aStride), 0, 0, f64x2.splat(0)));
}

/** Σ a[i]·b[i] */
export function dot(count: usize, a: usize, aStride: usize, b: usize, bStride: usize): f64 {
  return canonicalNumber(total<Product>(count, bytes(a), bytes(aStride), bytes(b), bytes(bStride), f64x2.splat(0)));
}

/** Σ (a[i] − b[i]) */
export function sumOfDifferences(count: usize, a: usize, aStride: usize, b: usize, bStride: usize): f64 {
  const zero = f64x2.splat(0);
  return canonicalNumber(total<Difference>(count, bytes(a), bytes(aStride), bytes(b), bytes(bStride), zero));
}

/** out[i] = Σⱼ a[i,j] */
export function sumRows(
  rows: usize,
  columns: usize,
  a: usize,
  aRow: usize,
  aColumn: usize,
  out: usize,
  outStride: usize,
): void {
  for (let row: usize = 0; row < rows; row++) {
    store<f64>(bytes(out + row * outStride), sum(columns, a + row * aRow, aColumn));
  }
}

/** out[i] = Σⱼ a[i,j]·b[i,j] */
export function dotRows(
  rows: usize,
  columns: usize,
  a: usize,
  aRow: usize,
  aColumn: usize,
  b: usize,
  bRow: usize,
  bColumn: usize,
  out: usize,
  outStride: usize,
): void {
  for (let row: usize = 0; row < rows; row++) {
    const value = dot(columns, a + row * aRow, aColumn, b + row * bRow, bColumn);
    store<f64>(bytes(out + row * outStride), value);
  }
}

/** out[i] = Σⱼ (a[i,j] − b[i,j]) */
export function sumRowsOfDifferences(
  rows: usize,
  columns: usize,
  a: usize,
  aRow: usize,
  aColumn: usize,
  b: usize,
  bRow: usize,
  bColumn: usize,
  out: usize,
  outStride: usize,
): void {
  for (let row: usize = 0; row < rows; row++) {
    const value = sumOfDifferences(columns, a + row * aRow, aColumn, b + row * bRow, bColumn);
    store<f64>(bytes(out + row * outStride), value);
  }
}

/** out[j] = Σᵢ a[i,j]; the rows of `a` are runs. */
export function sumColumns(rows: usize, columns: usize, a: usize, aRow: usize, out: usize): void {
  const zero = f64x2.splat(0);
  const end = (columns & ~1) * FLOAT;
  a = bytes(a);
  aRow = bytes(aRow);
  out = bytes(out);
  for (let j: usize = 0; j < end; j += PAIR) {
    v128.store(out + j, canonical(columnTotal<Entry>(rows, a + j, aRow, true, zero)));
  }
  if (columns & 1) storeOne(out + end, canonical(columnTotal<Entry>(rows, a + end, aRow, false, zero)));
}
