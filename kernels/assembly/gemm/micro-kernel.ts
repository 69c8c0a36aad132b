import { canonicalRows, isAnyNaN } from '../canonical';

/** Rows and columns of the tile of C that stays in registers: 8 accumulators, which leaves the engine none to spill. */
export const TILE: usize = 4;

/**
 * C[4×4] = start + Σ A[:,k] ⊗ B[k,:], k = 0 … depth − 1 in order, where `start` is C when `accumulate`, else 0.
 * `a` and `b` are packed panels: the 4 entries of each k side by side.
 */
export function microKernel(depth: usize, a: usize, b: usize, c: usize, cRow: usize, accumulate: bool): void {
  const c1 = c + cRow;
  const c2 = c1 + cRow;
  const c3 = c2 + cRow;
  let c00 = f64x2.splat(0);
  let c01 = f64x2.splat(0);
  let c10 = f64x2.splat(0);
  let c11 = f64x2.splat(0);
  let c20 = f64x2.splat(0);
  let c21 = f64x2.splat(0);
  let c30 = f64x2.splat(0);
  let c31 = f64x2.splat(0);
  if (accumulate) {
    c00 = v128.load(c);
    c01 = v128.load(c, 16);
    c10 = v128.load(c1);
    c11 = v128.load(c1, 16);
    c20 = v128.load(c2);
    c21 = v128.load(c2, 16);
    c30 = v128.load(c3);
    c31 = v128.load(c3, 16);
  }
  // Not unrolled: the engine would then keep more values alive than there are registers.
  for (let k: usize = 0; k < depth; k++) {
    const b0 = v128.load(b);
    const b1 = v128.load(b, 16);
    const a0 = v128.load64_splat(a);
    c00 = f64x2.add(c00, f64x2.mul(a0, b0));
    c01 = f64x2.add(c01, f64x2.mul(a0, b1));
    const a1 = v128.load64_splat(a, 8);
    c10 = f64x2.add(c10, f64x2.mul(a1, b0));
    c11 = f64x2.add(c11, f64x2.mul(a1, b1));
    const a2 = v128.load64_splat(a, 16);
    c20 = f64x2.add(c20, f64x2.mul(a2, b0));
    c21 = f64x2.add(c21, f64x2.mul(a2, b1));
    const a3 = v128.load64_splat(a, 24);
    c30 = f64x2.add(c30, f64x2.mul(a3, b0));
    c31 = f64x2.add(c31, f64x2.mul(a3, b1));
    a += 32;
    b += 32;
  }
  v128.store(c, c00);
  v128.store(c, c01, 16);
  v128.store(c1, c10);
  v128.store(c1, c11, 16);
  v128.store(c2, c20);
  v128.store(c2, c21, 16);
  v128.store(c3, c30);
  v128.store(c3, c31, 16);
  const upper = f64x2.add(f64x2.add(c00, c01), f64x2.add(c10, c11));
  const lower = f64x2.add(f64x2.add(c20, c21), f64x2.add(c30, c31));
  if (isAnyNaN(f64x2.add(upper, lower))) canonicalRows(TILE, TILE, c, cRow);
}
