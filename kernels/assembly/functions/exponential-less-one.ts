import { canonical } from '../canonical';
import {
  anyExponential,
  inverseOfPower,
  lostInSum,
  powerOfTwo,
  quotient,
  remainderHigh,
  remainderLow,
  tail,
} from './exponential';

/** Where eˣ − 1 rounds to −1, and where it rounds to eˣ. */
const LEAST: f64 = -38;
const WITHOUT_ONE: f64 = 38;

const SIGN: i64 = 0x8000000000000000;

/** eˣ − 1 = 2ᵏ·((1 − 2⁻ᵏ) + (eʳ − 1)) for |x| ≤ 38. */
@inline
function nearby(x: v128): v128 {
  const k = quotient(x);
  const high = remainderHigh(x, k);
  const low = remainderLow(k);
  const r = f64x2.sub(high, low);
  const power = powerOfTwo(k);
  const start = f64x2.sub(f64x2.splat(1), inverseOfPower(power));
  const sum = f64x2.add(start, r);
  const rest = f64x2.add(lostInSum(start, r, sum), tail(high, low, r));
  return f64x2.mul(power, f64x2.add(sum, rest));
}

/** eˣ − 1 with the sign of x, so that −0 stays −0. */
@inline
export function exponentialLessOne(x: v128): v128 {
  if (i64x2.bitmask(f64x2.le(f64x2.abs(x), f64x2.splat(WITHOUT_ONE))) != 3) return anyExponentialLessOne(x);
  return v128.or(nearby(x), v128.and(x, i64x2.splat(SIGN)));
}

function anyExponentialLessOne(x: v128): v128 {
  const limit = f64x2.splat(WITHOUT_ONE);
  const bounded = f64x2.pmax(f64x2.pmin(x, limit), f64x2.splat(LEAST));
  const signed = v128.or(nearby(bounded), v128.and(x, i64x2.splat(SIGN)));
  return canonical(v128.bitselect(anyExponential(x), signed, f64x2.gt(x, limit)));
}
