import { canonical } from '../canonical';
import { bytes, FLOAT, gather, PAIR, storeOne } from '../vector';
import { loadColumns } from './terms';

/* The largest and smallest entries: NaN where there is one, and 0 above −0. There is at least one entry. */

@final @unmanaged
class Largest {
  @inline of(a: v128, b: v128): v128 {
    return f64x2.max(a, b);
  }
}

@final @unmanaged
class Smallest {
  @inline of(a: v128, b: v128): v128 {
    return f64x2.min(a, b);
  }
}

@inline
function extremeOfRow<F>(count: usize, a: usize, stride: usize): v128 {
  const f = changetype<F>(0);
  let best = v128.load64_splat(a + (count - 1) * stride);
  const pairs = count >> 1;
  for (let i: usize = 0; i < pairs; i++) {
    best = f.of(best, stride == FLOAT ? v128.load(a) : gather(a, stride));
    a += 2 * stride;
  }
  return f.of(best, v128.shuffle<f64>(best, best, 1, 0));
}

@inline
function extremeOfColumns<F>(rows: usize, a: usize, aRow: usize, two: bool): v128 {
  const f = changetype<F>(0);
  let best = loadColumns(a, two);
  for (let i: usize = 1; i < rows; i++) {
    a += aRow;
    best = f.of(best, loadColumns(a, two));
  }
  return best;
}

/** The largest entry of a strided run, twice. */
@inline
export function largestOfRow(count: usize, a: usize, stride: usize): v128 {
  return extremeOfRow<Largest>(count, a, stride);
}

/** The largest entries of two neighbouring columns, or of one. */
@inline
export function largestOfColumns(rows: usize, a: usize, aRow: usize, two: bool): v128 {
  return extremeOfColumns<Largest>(rows, a, aRow, two);
}

@inline
function extremeRows<F>(
  rows: usize,
  columns: usize,
  a: usize,
  aRow: usize,
  aColumn: usize,
  out: usize,
  outStride: usize,
): void {
  for (let row: usize = 0; row < rows; row++) {
    const extreme = extremeOfRow<F>(columns, bytes(a + row * aRow), bytes(aColumn));
    storeOne(bytes(out + row * outStride), canonical(extreme));
  }
}

@inline
function extremeColumns<F>(rows: usize, columns: usize, a: usize, aRow: usize, out: usize): void {
  const end = (columns & ~1) * FLOAT;
  a = bytes(a);
  aRow = bytes(aRow);
  out = bytes(out);
  for (let j: usize = 0; j < end; j += PAIR) {
    v128.store(out + j, canonical(extremeOfColumns<F>(rows, a + j, aRow, true)));
  }
  if (columns & 1) storeOne(out + end, canonical(extremeOfColumns<F>(rows, a + end, aRow, false)));
}

/** out[i] = maxⱼ a[i,j] */
export function maxRows(
  rows: usize,
  columns: usize,
  a: usize,
  aRow: usize,
  aColumn: usize,
  out: usize,
  outStride: usize,
): void {
  extremeRows<Largest>(rows, columns, a, aRow, aColumn, out, outStride);
}

/** out[i] = minⱼ a[i,j] */
export function minRows(
  rows: usize,
  columns: usize,
  a: usize,
  aRow: usize,
  aColumn: usize,
  out: usize,
  outStride: usize,
): void {
  extremeRows<Smallest>(rows, columns, a, aRow, aColumn, out, outStride);
}

/** out[j] = maxᵢ a[i,j]; the rows of `a` are runs. */
export function maxColumns(rows: usize, columns: usize, a: usize, aRow: usize, out: usize): void {
  extremeColumns<Largest>(rows, columns, a, aRow, out);
}

/** out[j] = minᵢ a[i,j]; the rows of `a` are runs. */
export function minColumns(rows: usize, columns: usize, a: usize, aRow: usize, out: usize): void {
  extremeColumns<Smallest>(rows, columns, a, aRow, out);
}
