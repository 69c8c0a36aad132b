import { canonical } from '../canonical';
import {
  anyExponential,
  isNormalExponent,
  lostInSum,
  powerOfTwo,
  quotient,
  remainderHigh,
  remainderLow,
  tail,
} from './exponential';

/**
 * 1 / (1 + e⁻ˣ) from E = e^(−|x|): 1/(1 + E) for x ≥ 0 and E/(1 + E) below, with E and 1 + E carried with what their
 * rounding lost.
 */
@inline
function normalSigmoid(x: v128): v128 {
  const one = f64x2.splat(1);
  const negative = f64x2.neg(f64x2.abs(x));
  const k = quotient(negative);
  const high = remainderHigh(negative, k);
  const low = remainderLow(k);
  const r = f64x2.sub(high, low);
  const sum = f64x2.add(one, r);
  const rest = f64x2.add(lostInSum(one, r, sum), tail(high, low, r));
  const rounded = f64x2.add(sum, rest);
  const power = powerOfTwo(k);
  const e = f64x2.mul(power, rounded);
  const eLost = f64x2.mul(power, f64x2.add(f64x2.sub(sum, rounded), rest));
  const d = f64x2.add(one, e);
  const dLost = f64x2.add(lostInSum(one, e, d), eLost);
  const below = f64x2.lt(x, f64x2.splat(0));
  const q = f64x2.div(v128.bitselect(e, one, below), d);
  const nLost = v128.and(eLost, below);
  // 1/d is q above zero and 1 − q below, near enough for a correction.
  const inverse = v128.bitselect(f64x2.sub(one, q), q, below);
  return f64x2.add(q, f64x2.mul(f64x2.sub(nLost, f64x2.mul(q, dLost)), inverse));
}

/** Far from zero the sigmoid is 1 or eˣ to the last bit. */
function anySigmoid(x: v128): v128 {
  const one = f64x2.splat(1);
  const near = f64x2.le(f64x2.abs(x), f64x2.splat(700));
  const far = v128.bitselect(one, anyExponential(x), f64x2.gt(x, f64x2.splat(0)));
  return canonical(v128.bitselect(normalSigmoid(v128.and(x, near)), far, near));
}

@inline
export function sigmoid(x: v128): v128 {
  return isNormalExponent(x) ? normalSigmoid(x) : anySigmoid(x);
}
