import { bytes, FLOAT, loadOne, PAIR } from '../vector';

/** Entries looked at together. */
const BLOCK: usize = 8;

/**
 * Whether some a[i] and b[i], i < count, are not both negative, both zero or both positive; NaN has no sign. Both are
 * runs.
 */
export function signsDiffer(count: usize, a: usize, b: usize): bool {
  a = bytes(a);
  b = bytes(b);
  const blocks = count / BLOCK;
  for (let i: usize = 0; i < blocks; i++) {
    const first = v128.and(multiplyAboveZero(a, b), multiplyAboveZero(a + PAIR, b + PAIR));
    const second = v128.and(multiplyAboveZero(a + 2 * PAIR, b + 2 * PAIR), multiplyAboveZero(a + 3 * PAIR, b + 3 * PAIR));
    const same = v128.and(first, second);
    if (!i64x2.all_true(same) && !isSameBlock(a, b)) return true;
    a += BLOCK * FLOAT;
    b += BLOCK * FLOAT;
  }
  for (let left = count % BLOCK; left > 0; left--) {
    if (!i64x2.all_true(sameSigns(loadOne(a), loadOne(b)))) return true;
    a += FLOAT;
    b += FLOAT;
  }
  return false;
}

/** Where it holds the signs are the same; where not, zeros, tiny numbers and NaN have yet to be told apart. */
@inline
function multiplyAboveZero(a: usize, b: usize): v128 {
  return f64x2.gt(f64x2.mul(v128.load(a), v128.load(b)), f64x2.splat(0));
}

function isSameBlock(a: usize, b: usize): bool {
  let same = f64x2.eq(f64x2.splat(0), f64x2.splat(0));
  for (let i: usize = 0; i < BLOCK * FLOAT; i += PAIR) {
    same = v128.and(same, sameSigns(v128.load(a + i), v128.load(b + i)));
  }
  return i64x2.all_true(same);
}

@inline
function sameSigns(a: v128, b: v128): v128 {
  const zero = f64x2.splat(0);
  const above = v128.and(f64x2.gt(a, zero), f64x2.gt(b, zero));
  const below = v128.and(f64x2.lt(a, zero), f64x2.lt(b, zero));
  const neither = v128.and(f64x2.eq(a, zero), f64x2.eq(b, zero));
  return v128.or(v128.or(above, below), neither);
}
