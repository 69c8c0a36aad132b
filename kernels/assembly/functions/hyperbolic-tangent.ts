import { canonical } from '../canonical';
import {
  inverseOfPower,
  lostInSum,
  powerOfTwo,
  quotient,
  remainderHigh,
  remainderLow,
  tail,
} from './exponential';

/** From here on tanh x rounds to 1. */
const ONE_FROM: f64 = 20;
const SIGN: i64 = 0x8000000000000000;

/**
 * tanh |x| = N / (2 − N) with N = 1 − e^(−2|x|) = −2ᵏ·((1 − 2⁻ᵏ) + (eʳ − 1)). N and 2 − N are carried with what their
 * rounding lost, and the quotient is corrected by it: two roundings in all.
 */
@inline
export function hyperbolicTangent(x: v128): v128 {
  const one = f64x2.splat(1);
  const magnitude = f64x2.pmin(f64x2.abs(x), f64x2.splat(ONE_FROM));
  const doubled = f64x2.mul(magnitude, f64x2.splat(-2));
  const k = quotient(doubled);
  const high = remainderHigh(doubled, k);
  const low = remainderLow(k);
  const r = f64x2.sub(high, low);
  const power = powerOfTwo(k);
  const start = f64x2.sub(one, inverseOfPower(power));
  const sum = f64x2.add(start, r);
  const rest = f64x2.add(lostInSum(start, r, sum), tail(high, low, r));
  const rounded = f64x2.add(sum, rest);
  const negative = f64x2.neg(power);
  const n = f64x2.mul(negative, rounded);
  const nLost = f64x2.mul(negative, f64x2.add(f64x2.sub(sum, rounded), rest));
  const two = f64x2.splat(2);
  const d = f64x2.sub(two, n);
  const dLost = f64x2.sub(f64x2.sub(f64x2.sub(two, d), n), nLost);
  const q = f64x2.div(n, d);
  // 1/d = (1 + q)/2, near enough for a correction.
  const inverse = f64x2.mul(f64x2.add(one, q), f64x2.splat(0.5));
  const corrected = f64x2.add(q, f64x2.mul(f64x2.sub(nLost, f64x2.mul(q, dLost)), inverse));
  return canonical(v128.bitselect(x, corrected, i64x2.splat(SIGN)));
}
