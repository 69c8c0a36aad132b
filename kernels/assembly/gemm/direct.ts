import { canonicalRows, isAnyNaN } from '../canonical';
import { FLOAT, gather, loadOne, storeOne } from '../vector';

/*
 * Products too small, or too narrow, to pay for packing. Tiles have 4, 2 or 1 rows and 4, 2 or 1 columns. The
 * numbers and `runs` – whether B's rows are runs – are literals where the inlined functions are used, so that the
 * compiler drops what a tile does not have.
 */

/** C = start + A · B with any strides of A and B; `start` is C when `accumulate`, else 0. */
export function multiplyDirect(
  rows: usize,
  columns: usize,
  depth: usize,
  a: usize,
  aRow: usize,
  aColumn: usize,
  b: usize,
  bRow: usize,
  bColumn: usize,
  c: usize,
  cRow: usize,
  accumulate: bool,
): void {
  let row: usize = 0;
  for (; row + 4 <= rows; row += 4) {
    multiplyRows(4, columns, depth, a, aRow, aColumn, b, bRow, bColumn, c, cRow, accumulate);
    a += 4 * aRow;
    c += 4 * cRow;
  }
  if (row + 2 <= rows) {
    multiplyRows(2, columns, depth, a, aRow, aColumn, b, bRow, bColumn, c, cRow, accumulate);
    a += 2 * aRow;
    c += 2 * cRow;
    row += 2;
  }
  if (row < rows) multiplyRows(1, columns, depth, a, aRow, aColumn, b, bRow, bColumn, c, cRow, accumulate);
}

@inline
function multiplyRows(
  rows: i32,
  columns: usize,
  depth: usize,
  a: usize,
  aRow: usize,
  aColumn: usize,
  b: usize,
  bRow: usize,
  bColumn: usize,
  c: usize,
  cRow: usize,
  accumulate: bool,
): void {
  if (bColumn == FLOAT) {
    multiplyColumns(rows, true, columns, depth, a, aRow, aColumn, b, bRow, FLOAT, c, cRow, accumulate);
  } else {
    multiplyColumns(rows, false, columns, depth, a, aRow, aColumn, b, bRow, bColumn, c, cRow, accumulate);
  }
}

@inline
function multiplyColumns(
  rows: i32,
  runs: bool,
  columns: usize,
  depth: usize,
  a: usize,
  aRow: usize,
  aColumn: usize,
  b: usize,
  bRow: usize,
  bColumn: usize,
  c: usize,
  cRow: usize,
  accumulate: bool,
): void {
  let from = b;
  let to = c;
  let column: usize = 0;
  for (; column + 4 <= columns; column += 4) {
    multiplyTile(rows, 4, runs, depth, a, aRow, aColumn, from, bRow, bColumn, to, cRow, accumulate);
    from += 4 * bColumn;
    to += 4 * FLOAT;
  }
  if (column + 2 <= columns) {
    multiplyTile(rows, 2, runs, depth, a, aRow, aColumn, from, bRow, bColumn, to, cRow, accumulate);
    from += 2 * bColumn;
    to += 2 * FLOAT;
    column += 2;
  }
  if (column < columns) {
    multiplyTile(rows, 1, runs, depth, a, aRow, aColumn, from, bRow, bColumn, to, cRow, accumulate);
  }
}

@inline
function multiplyTile(
  rows: i32,
  columns: i32,
  runs: bool,
  depth: usize,
  a: usize,
  aRow: usize,
  aColumn: usize,
  b: usize,
  bRow: usize,
  bColumn: usize,
  c: usize,
  cRow: usize,
  accumulate: bool,
): void {
  const zero = f64x2.splat(0);
  const c1 = c + cRow;
  const c2 = c1 + cRow;
  const c3 = c2 + cRow;
  let c00 = startOf(accumulate, columns, c);
  let c01 = columns > 2 ? startOf(accumulate, 2, c + 16) : zero;
  let c10 = rows > 1 ? startOf(accumulate, columns, c1) : zero;
  let c11 = rows > 1 && columns > 2 ? startOf(accumulate, 2, c1 + 16) : zero;
  let c20 = rows > 2 ? startOf(accumulate, columns, c2) : zero;
  let c21 = rows > 2 && columns > 2 ? startOf(accumulate, 2, c2 + 16) : zero;
  let c30 = rows > 2 ? startOf(accumulate, columns, c3) : zero;
  let c31 = rows > 2 && columns > 2 ? startOf(accumulate, 2, c3 + 16) : zero;
  let a0 = a;
  let a1 = a0 + aRow;
  let a2 = a1 + aRow;
  let a3 = a2 + aRow;
  for (let k: usize = 0; k < depth; k++) {
    const b0 = loadRight(columns, runs, b, bColumn);
    const b1 = columns > 2 ? loadRight(2, runs, b + 2 * bColumn, bColumn) : zero;
    const x0 = v128.load64_splat(a0);
    c00 = f64x2.add(c00, f64x2.mul(x0, b0));
    if (columns > 2) c01 = f64x2.add(c01, f64x2.mul(x0, b1));
    a0 += aColumn;
    if (rows > 1) {
      const x1 = v128.load64_splat(a1);
      c10 = f64x2.add(c10, f64x2.mul(x1, b0));
      if (columns > 2) c11 = f64x2.add(c11, f64x2.mul(x1, b1));
      a1 += aColumn;
    }
    if (rows > 2) {
      const x2 = v128.load64_splat(a2);
      c20 = f64x2.add(c20, f64x2.mul(x2, b0));
      if (columns > 2) c21 = f64x2.add(c21, f64x2.mul(x2, b1));
      a2 += aColumn;
      const x3 = v128.load64_splat(a3);
      c30 = f64x2.add(c30, f64x2.mul(x3, b0));
      if (columns > 2) c31 = f64x2.add(c31, f64x2.mul(x3, b1));
      a3 += aColumn;
    }
    b += bRow;
  }
  storeRow(columns, c, c00, c01);
  if (rows > 1) storeRow(columns, c1, c10, c11);
  if (rows > 2) {
    storeRow(columns, c2, c20, c21);
    storeRow(columns, c3, c30, c31);
  }
  const upper = f64x2.add(f64x2.add(c00, c01), f64x2.add(c10, c11));
  const lower = f64x2.add(f64x2.add(c20, c21), f64x2.add(c30, c31));
  if (isAnyNaN(f64x2.add(upper, lower))) canonicalRows(rows, columns, c, cRow);
}

@inline
function startOf(accumulate: bool, columns: i32, c: usize): v128 {
  if (!accumulate) return f64x2.splat(0);
  return columns == 1 ? loadOne(c) : v128.load(c);
}

@inline
function loadRight(columns: i32, runs: bool, from: usize, stride: usize): v128 {
  if (columns == 1) return loadOne(from);
  return runs ? v128.load(from) : gather(from, stride);
}

@inline
function storeRow(columns: i32, to: usize, first: v128, second: v128): void {
  if (columns == 1) {
    storeOne(to, first);
    return;
  }
  v128.store(to, first);
  if (columns > 2) v128.store(to, second, 16);
}
