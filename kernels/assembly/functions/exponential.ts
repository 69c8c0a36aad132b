import { canonical } from '../canonical';

/*
 * eˣ = 2ᵏ·eʳ, k the whole number next to x/ln 2 and |r| ≤ ln 2 / 2. The parts are functions of their own because the
 * whole family (exp, expm1, tanh, sigmoid, softplus) is put together from them: with r rounded, eʳ is
 * (1 + r) + tail, and the tail's error is far below one rounding of the result.
 * Coefficients and constants: kernels/polynomials.py.
 */

const LOG2_E: f64 = 1.4426950408889634;
/** ln 2 cut to 42 bits, so that k times it is exact, and the rest. */
const LN2_HIGH: f64 = 0.6931471805598903;
const LN2_LOW: f64 = 5.497923018708371e-14;
/** 1.5 · 2⁵²: added to a small number, it leaves that number rounded to a whole one in the lowest bits. */
const ROUND: f64 = 6755399441055744;
const ONE: i64 = 0x3ff0000000000000;
const EXPONENT_SHIFT: i32 = 52;

/** Up to this magnitude of x, eˣ and 2ᵏ are normal numbers. */
const NORMAL: f64 = 708;
/** Beyond these, eˣ is infinite or rounds to zero. */
const LARGEST: f64 = 710;
const SMALLEST: f64 = -746;

/** x/ln 2 rounded to k, still with `ROUND` added: what the next three functions take. */
@inline
export function quotient(x: v128): v128 {
  return f64x2.add(f64x2.mul(x, f64x2.splat(LOG2_E)), f64x2.splat(ROUND));
}

/** x − k·ln 2 without the lower part of ln 2. Exact. */
@inline
export function remainderHigh(x: v128, quotient: v128): v128 {
  return f64x2.sub(x, f64x2.mul(f64x2.sub(quotient, f64x2.splat(ROUND)), f64x2.splat(LN2_HIGH)));
}

@inline
export function remainderLow(quotient: v128): v128 {
  return f64x2.mul(f64x2.sub(quotient, f64x2.splat(ROUND)), f64x2.splat(LN2_LOW));
}

/** 2ᵏ, for −1023 < k < 1024. */
@inline
export function powerOfTwo(quotient: v128): v128 {
  return i64x2.add(i64x2.shl(quotient, EXPONENT_SHIFT), i64x2.splat(ONE));
}

/** 2⁻ᵏ from 2ᵏ, for −1023 < k < 1023: their exponents add up to twice the bias. */
@inline
export function inverseOfPower(power: v128): v128 {
  return i64x2.sub(i64x2.splat(2 * ONE), power);
}

/** eʳ − 1 − r with r = high − low rounded, including what that rounding lost. */
@inline
export function tail(high: v128, low: v128, r: v128): v128 {
  const lost = f64x2.sub(f64x2.sub(high, r), low);
  const r2 = f64x2.mul(r, r);
  const r4 = f64x2.mul(r2, r2);
  const c01 = f64x2.add(f64x2.splat(0.5), f64x2.mul(r, f64x2.splat(0.1666666666666667)));
  const c23 = f64x2.add(f64x2.splat(0.04166666666666667), f64x2.mul(r, f64x2.splat(0.008333333333326141)));
  const c45 = f64x2.add(f64x2.splat(0.0013888888888883752), f64x2.mul(r, f64x2.splat(0.00019841269874800683)));
  const c67 = f64x2.add(f64x2.splat(2.4801587325533502e-5), f64x2.mul(r, f64x2.splat(2.75572554255029e-6)));
  const c89 = f64x2.add(f64x2.splat(2.7557273661174726e-7), f64x2.mul(r, f64x2.splat(2.5105206475334834e-8)));
  const c8to10 = f64x2.add(c89, f64x2.mul(r2, f64x2.splat(2.091467944897855e-9)));
  const c4to7 = f64x2.add(c45, f64x2.mul(r2, c67));
  const c4to10 = f64x2.add(c4to7, f64x2.mul(r4, c8to10));
  const c0to3 = f64x2.add(c01, f64x2.mul(r2, c23));
  return f64x2.add(lost, f64x2.mul(r2, f64x2.add(c0to3, f64x2.mul(r4, c4to10))));
}

/** What the rounded sum `sum` of `start` and a smaller `r` lost (Dekker, 1971). */
@inline
export function lostInSum(start: v128, r: v128, sum: v128): v128 {
  return f64x2.add(f64x2.sub(start, sum), r);
}

/** Whether both entries lie where eˣ needs no care. */
@inline
export function isNormalExponent(x: v128): bool {
  return i64x2.bitmask(f64x2.le(f64x2.abs(x), f64x2.splat(NORMAL))) == 3;
}

/** eˣ for |x| ≤ 708. */
@inline
export function normalExponential(x: v128): v128 {
  const k = quotient(x);
  return f64x2.mul(mantissa(x, k), powerOfTwo(k));
}

/** eʳ, between 0.7 and 1.42. */
@inline
function mantissa(x: v128, k: v128): v128 {
  const one = f64x2.splat(1);
  const high = remainderHigh(x, k);
  const low = remainderLow(k);
  const r = f64x2.sub(high, low);
  const sum = f64x2.add(one, r);
  return f64x2.add(sum, f64x2.add(lostInSum(one, r, sum), tail(high, low, r)));
}

/** eˣ for every x: 2ᵏ in two factors, so that only the last product leaves the normal numbers. */
export function anyExponential(x: v128): v128 {
  const bounded = f64x2.pmax(f64x2.pmin(x, f64x2.splat(LARGEST)), f64x2.splat(SMALLEST));
  const k = quotient(bounded);
  const round = f64x2.splat(ROUND);
  const half = f64x2.add(f64x2.mul(f64x2.sub(k, round), f64x2.splat(0.5)), round);
  const rest = f64x2.add(f64x2.sub(k, half), round);
  const scaled = f64x2.mul(mantissa(bounded, k), powerOfTwo(half));
  return canonical(f64x2.mul(scaled, powerOfTwo(rest)));
}

@inline
export function exponential(x: v128): v128 {
  return isNormalExponent(x) ? normalExponential(x) : anyExponential(x);
}
