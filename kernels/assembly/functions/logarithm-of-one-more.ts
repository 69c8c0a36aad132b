import { atTheEnds, exponentOf, fractionOf, logarithmOfParts, shiftedBits } from './logarithm';

const SIGN: i64 = 0x8000000000000000;

/** log(1 + x) for finite x > −1: log of u = 1 + x rounded, and what u lost, divided by u. */
@inline
function finite(x: v128): v128 {
  const one = f64x2.splat(1);
  const u = f64x2.add(one, x);
  const shifted = shiftedBits(u);
  const k = exponentOf(shifted);
  // Where k is 0, x itself is f and nothing is lost.
  const scaled = f64x2.ne(k, f64x2.splat(0));
  const f = v128.bitselect(fractionOf(shifted), x, scaled);
  const large = f64x2.ge(x, one);
  const lost = v128.bitselect(f64x2.sub(one, f64x2.sub(u, x)), f64x2.sub(x, f64x2.sub(u, one)), large);
  const value = logarithmOfParts(k, f, v128.and(f64x2.div(lost, u), scaled));
  return v128.or(value, v128.and(x, i64x2.splat(SIGN)));
}

function anywhere(x: v128): v128 {
  return atTheEnds(x, finite(x), f64x2.splat(-1));
}

/** log(1 + x) with the sign of x, so that −0 stays −0; −∞ at −1, NaN below. */
@inline
export function logarithmOfOneMore(x: v128): v128 {
  const inside = v128.and(f64x2.gt(x, f64x2.splat(-1)), f64x2.lt(x, f64x2.splat(Infinity)));
  return i64x2.bitmask(inside) == 3 ? finite(x) : anywhere(x);
}
