import { canonical } from '../canonical';
import { bytes, FLOAT, gather, loadOne, PAIR, storeOne } from '../vector';

/**
 * out[i,j] = base[i,j] + (alpha·x[i])·y[j], i < rows, j < columns: a cached product when one column of its left
 * factor, or one row of its right one, has moved. `out` may be `base`; both have runs for rows.
 */
export function addOuter(
  rows: usize,
  columns: usize,
  alpha: f64,
  x: usize,
  xStride: usize,
  y: usize,
  yStride: usize,
  base: usize,
  baseRow: usize,
  out: usize,
  outRow: usize,
): void {
  for (let row: usize = 0; row < rows; row++) {
    const factor = f64x2.mul(f64x2.splat(alpha), v128.load64_splat(bytes(x + row * xStride)));
    addScaled(columns, factor, bytes(y), bytes(yStride), bytes(base + row * baseRow), bytes(out + row * outRow));
  }
}

@inline
function addScaled(count: usize, factor: v128, y: usize, yStride: usize, base: usize, out: usize): void {
  if (yStride == FLOAT) {
    // Four pairs a turn, as turning the loop would take as long as one.
    for (; count >= 8; count -= 8) {
      v128.store(out, sum(v128.load(base), factor, v128.load(y)));
      v128.store(out, sum(v128.load(base, 16), factor, v128.load(y, 16)), 16);
      v128.store(out, sum(v128.load(base, 32), factor, v128.load(y, 32)), 32);
      v128.store(out, sum(v128.load(base, 48), factor, v128.load(y, 48)), 48);
      base += 4 * PAIR;
      y += 4 * PAIR;
      out += 4 * PAIR;
    }
  }
  const end = (count & ~1) * FLOAT;
  if (yStride == FLOAT) {
    for (let i: usize = 0; i < end; i += PAIR) {
      v128.store(out + i, sum(v128.load(base + i), factor, v128.load(y + i)));
    }
    y += end;
  } else {
    for (let i: usize = 0; i < end; i += PAIR) {
      v128.store(out + i, sum(v128.load(base + i), factor, gather(y, yStride)));
      y += 2 * yStride;
    }
  }
  if (count & 1) storeOne(out + end, sum(loadOne(base + end), factor, loadOne(y)));
}

/**
 * out[i] = base[i] + alpha·x[i], i < count, with any strides: one column of a
 * product when one column of its right factor has moved.
 */
export function addScaledColumn(
  count: usize,
  alpha: f64,
  x: usize,
  xStride: usize,
  base: usize,
  baseStride: usize,
  out: usize,
  outStride: usize,
): void {
  const factor = f64x2.splat(alpha);
  for (let i: usize = 0; i < count; i++) {
    const moved = sum(loadOne(bytes(base + i * baseStride)), factor, loadOne(bytes(x + i * xStride)));
    storeOne(bytes(out + i * outStride), moved);
  }
}

@inline
function sum(base: v128, factor: v128, y: v128): v128 {
  return canonical(f64x2.add(base, f64x2.mul(factor, y)));
}
