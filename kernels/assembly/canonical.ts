import { FLOAT, loadOne, storeOne } from './vector';

/*
 * An instruction that makes a NaN may choose its sign and payload, so two ways to compute one number could differ
 * in bits. Kernels therefore store the canonical NaN, 0x7ff8000000000000, and no other.
 */

@inline
export function canonical(value: v128): v128 {
  return v128.bitselect(value, f64x2.splat(NaN), f64x2.eq(value, value));
}

@inline
export function isAnyNaN(value: v128): bool {
  return !i64x2.all_true(f64x2.eq(value, value));
}

/** Replaces every NaN of a matrix by the canonical one. */
export function canonicalRows(rows: usize, columns: usize, matrix: usize, rowStride: usize): void {
  for (let row: usize = 0; row < rows; row++) {
    let at = matrix + row * rowStride;
    for (let column: usize = 0; column + 2 <= columns; column += 2) {
      v128.store(at, canonical(v128.load(at)));
      at += 2 * FLOAT;
    }
    if (columns & 1) storeOne(at, canonical(loadOne(at)));
  }
}
