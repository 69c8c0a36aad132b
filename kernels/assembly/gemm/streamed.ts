import { canonicalRows } from '../canonical';
import { FLOAT, loadOne, PAIR, storeOne } from '../vector';

/** Columns of C that stay in the first-level cache while the rows of B stream through, `DEPTHS` at a time. */
const STRIP: usize = 256;
const DEPTHS: usize = 4;

/**
 * C += A · B for few rows: B is met too few times to pay for packing. B's rows are runs; C is what the sums start
 * from.
 */
export function multiplyStreamed(
  rows: usize,
  columns: usize,
  depth: usize,
  a: usize,
  aRow: usize,
  aColumn: usize,
  b: usize,
  bRow: usize,
  c: usize,
  cRow: usize,
): void {
  for (let column: usize = 0; column < columns; column += STRIP) {
    const width = min(STRIP, columns - column);
    const to = c + column * FLOAT;
    let left = a;
    let right = b + column * FLOAT;
    let k: usize = 0;
    for (; k + DEPTHS <= depth; k += DEPTHS) {
      let row: usize = 0;
      for (; row + 2 <= rows; row += 2) {
        addFourDepths(2, width, left + row * aRow, aRow, aColumn, right, bRow, to + row * cRow, cRow);
      }
      if (row < rows) addFourDepths(1, width, left + row * aRow, aRow, aColumn, right, bRow, to + row * cRow, cRow);
      left += DEPTHS * aColumn;
      right += DEPTHS * bRow;
    }
    for (; k < depth; k++) {
      for (let row: usize = 0; row < rows; row++) {
        addOneDepth(width, v128.load64_splat(left + row * aRow), right, to + row * cRow);
      }
      left += aColumn;
      right += bRow;
    }
  }
  canonicalRows(rows, columns, c, cRow);
}

/** Adds four depths to one row of C or two; `rows` is a literal. */
@inline
function addFourDepths(
  rows: i32,
  width: usize,
  a: usize,
  aRow: usize,
  aColumn: usize,
  b: usize,
  bRow: usize,
  c: usize,
  cRow: usize,
): void {
  const x0 = v128.load64_splat(a);
  const x1 = v128.load64_splat(a + aColumn);
  const x2 = v128.load64_splat(a + 2 * aColumn);
  const x3 = v128.load64_splat(a + 3 * aColumn);
  const next = rows > 1 ? a + aRow : a;
  const y0 = v128.load64_splat(next);
  const y1 = v128.load64_splat(next + aColumn);
  const y2 = v128.load64_splat(next + 2 * aColumn);
  const y3 = v128.load64_splat(next + 3 * aColumn);
  const b1 = b + bRow;
  const b2 = b1 + bRow;
  const b3 = b2 + bRow;
  const d = c + cRow;
  const end = (width & ~1) * FLOAT;
  for (let i: usize = 0; i < end; i += PAIR) {
    const r0 = v128.load(b + i);
    const r1 = v128.load(b1 + i);
    const r2 = v128.load(b2 + i);
    const r3 = v128.load(b3 + i);
    v128.store(c + i, addFour(v128.load(c + i), x0, r0, x1, r1, x2, r2, x3, r3));
    if (rows > 1) v128.store(d + i, addFour(v128.load(d + i), y0, r0, y1, r1, y2, r2, y3, r3));
  }
  if (width & 1) {
    const r0 = loadOne(b + end);
    const r1 = loadOne(b1 + end);
    const r2 = loadOne(b2 + end);
    const r3 = loadOne(b3 + end);
    storeOne(c + end, addFour(loadOne(c + end), x0, r0, x1, r1, x2, r2, x3, r3));
    if (rows > 1) storeOne(d + end, addFour(loadOne(d + end), y0, r0, y1, r1, y2, r2, y3, r3));
  }
}

@inline
function addFour(
  start: v128,
  x0: v128,
  r0: v128,
  x1: v128,
  r1: v128,
  x2: v128,
  r2: v128,
  x3: v128,
  r3: v128,
): v128 {
  const two = f64x2.add(f64x2.add(start, f64x2.mul(x0, r0)), f64x2.mul(x1, r1));
  return f64x2.add(f64x2.add(two, f64x2.mul(x2, r2)), f64x2.mul(x3, r3));
}

@inline
function addOneDepth(width: usize, a: v128, b: usize, c: usize): void {
  const end = (width & ~1) * FLOAT;
  for (let i: usize = 0; i < end; i += PAIR) {
    v128.store(c + i, f64x2.add(v128.load(c + i), f64x2.mul(a, v128.load(b + i))));
  }
  if (width & 1) storeOne(c + end, f64x2.add(loadOne(c + end), f64x2.mul(a, loadOne(b + end))));
}
