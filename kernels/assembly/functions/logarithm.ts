import { canonical } from '../canonical';

/*
 * log x = k·ln 2 + log(1 + f) with √½ ≤ 1 + f < √2, and log(1 + f) = f − (f²/2 − s·(f²/2 + R(s²))), s = f/(2 + f): the
 * scheme of K.C. Ng's e_log.c (Sun, 1993). Coefficients: kernels/polynomials.py.
 */

const LN2_HIGH: f64 = 0.6931471805598903;
const LN2_LOW: f64 = 5.497923018708371e-14;
/** The bits of √½ rounded down, and those of 1 less them. */
const ROOT_HALF: i64 = 0x3fe6a09e00000000;
const ONE_LESS_ROOT_HALF: i64 = 0x00095f6200000000;
const MANTISSA: i64 = 0x000fffffffffffff;
/** The bits of 2⁵²: a whole number below 2⁵² in the lowest bits is added to it. */
const TWO_52: i64 = 0x4330000000000000;
const TWO_52_AND_BIAS: f64 = 4503599627371519;
const SMALLEST_NORMAL: f64 = 2.2250738585072014e-308;
const TWO_54: f64 = 18014398509481984;

/** The bits of x moved so that the exponent field is k + 1023 and the mantissa field tells 1 + f. */
@inline
export function shiftedBits(x: v128): v128 {
  return i64x2.add(x, i64x2.splat(ONE_LESS_ROOT_HALF));
}

/** k, as a float64. */
@inline
export function exponentOf(shifted: v128): v128 {
  const field = v128.or(i64x2.shr_u(shifted, 52), i64x2.splat(TWO_52));
  return f64x2.sub(field, f64x2.splat(TWO_52_AND_BIAS));
}

/** f. Exact. */
@inline
export function fractionOf(shifted: v128): v128 {
  const bits = i64x2.add(v128.and(shifted, i64x2.splat(MANTISSA)), i64x2.splat(ROOT_HALF));
  return f64x2.sub(bits, f64x2.splat(1));
}

/** k·ln 2 + log(1 + f) + small. */
@inline
export function logarithmOfParts(k: v128, f: v128, small: v128): v128 {
  const s = f64x2.div(f, f64x2.add(f, f64x2.splat(2)));
  const halfSquare = f64x2.mul(f64x2.mul(f, f), f64x2.splat(0.5));
  const bent = f64x2.mul(s, f64x2.add(halfSquare, series(f64x2.mul(s, s))));
  const low = f64x2.add(f64x2.mul(k, f64x2.splat(LN2_LOW)), small);
  const lower = f64x2.sub(f64x2.add(bent, low), halfSquare);
  return f64x2.add(f64x2.add(lower, f), f64x2.mul(k, f64x2.splat(LN2_HIGH)));
}

/** R(z) = (log(1 + f) − 2s)/s in z = s² ≤ 0.0295. */
@inline
function series(z: v128): v128 {
  const z2 = f64x2.mul(z, z);
  const c01 = f64x2.add(f64x2.splat(0.666666666666667), f64x2.mul(z, f64x2.splat(0.39999999999899505)));
  const c23 = f64x2.add(f64x2.splat(0.28571428625975487), f64x2.mul(z, f64x2.splat(0.2222221113479508)));
  const c45 = f64x2.add(f64x2.splat(0.18182889125261723), f64x2.mul(z, f64x2.splat(0.15331721600556042)));
  const c4to6 = f64x2.add(c45, f64x2.mul(z2, f64x2.splat(0.14616449685043406)));
  return f64x2.mul(z, f64x2.add(c01, f64x2.mul(z2, f64x2.add(c23, f64x2.mul(z2, c4to6)))));
}

/** log x for normal positive x. */
@inline
function normalLogarithm(x: v128): v128 {
  const shifted = shiftedBits(x);
  return logarithmOfParts(exponentOf(shifted), fractionOf(shifted), f64x2.splat(0));
}

/** log x for every x: −∞ at 0, NaN below. */
function anyLogarithm(x: v128): v128 {
  const subnormal = f64x2.lt(x, f64x2.splat(SMALLEST_NORMAL));
  const scaled = v128.bitselect(f64x2.mul(x, f64x2.splat(TWO_54)), x, subnormal);
  const shifted = shiftedBits(scaled);
  const k = f64x2.sub(exponentOf(shifted), v128.and(f64x2.splat(54), subnormal));
  return atTheEnds(x, logarithmOfParts(k, fractionOf(shifted), f64x2.splat(0)), f64x2.splat(0));
}

/** `value`, where x is finite and above `zero`; else what the logarithm of x − `zero` is there. */
@inline
export function atTheEnds(x: v128, value: v128, zero: v128): v128 {
  const infinity = f64x2.splat(Infinity);
  const below = v128.bitselect(f64x2.splat(-Infinity), f64x2.splat(NaN), f64x2.eq(x, zero));
  const positive = v128.bitselect(value, below, f64x2.gt(x, zero));
  return canonical(v128.bitselect(x, positive, v128.or(f64x2.eq(x, infinity), f64x2.ne(x, x))));
}

@inline
export function logarithm(x: v128): v128 {
  const low = f64x2.ge(x, f64x2.splat(SMALLEST_NORMAL));
  const normal = v128.and(low, f64x2.lt(x, f64x2.splat(Infinity)));
  return i64x2.bitmask(normal) == 3 ? normalLogarithm(x) : anyLogarithm(x);
}
