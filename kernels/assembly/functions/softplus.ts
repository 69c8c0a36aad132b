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

/** log(1 + eˣ) = max(x, 0) + log(1 + E) with E = e^(−|x|), carried with what its rounding lost. */
@inline
function normalSoftplus(x: v128): v128 {
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
  const s = f64x2.div(e, f64x2.add(e, f64x2.splat(2)));
  const halfSquare = f64x2.mul(f64x2.mul(e, e), f64x2.splat(0.5));
  const bent = f64x2.mul(s, f64x2.add(halfSquare, series(f64x2.mul(s, s))));
  const correction = f64x2.mul(eLost, f64x2.sub(one, f64x2.add(s, s)));
  const logarithm = f64x2.add(f64x2.sub(f64x2.add(bent, correction), halfSquare), e);
  return f64x2.add(logarithm, f64x2.pmax(f64x2.splat(0), x));
}

/** R(z) = (log(1 + E) − 2s)/s in z = s², s = E/(2 + E) ≤ 1/3. Coefficients: kernels/polynomials.py. */
@inline
function series(z: v128): v128 {
  const z2 = f64x2.mul(z, z);
  const z4 = f64x2.mul(z2, z2);
  const c01 = f64x2.add(f64x2.splat(0.6666666666666666), f64x2.mul(z, f64x2.splat(0.4)));
  const c23 = f64x2.add(f64x2.splat(0.2857142857142882), f64x2.mul(z, f64x2.splat(0.22222222222172788)));
  const c45 = f64x2.add(f64x2.splat(0.18181818186880555), f64x2.mul(z, f64x2.splat(0.15384615076709174)));
  const c67 = f64x2.add(f64x2.splat(0.13333345323305978), f64x2.mul(z, f64x2.splat(0.1176439410267377)));
  const c89 = f64x2.add(f64x2.splat(0.10531837812039883), f64x2.mul(z, f64x2.splat(0.09457163207211484)));
  const c1011 = f64x2.add(f64x2.splat(0.09231944273368248), f64x2.mul(z, f64x2.splat(0.052834122281372714)));
  const c10to12 = f64x2.add(c1011, f64x2.mul(z2, f64x2.splat(0.14938828485979846)));
  const c0to3 = f64x2.add(c01, f64x2.mul(z2, c23));
  const c4to7 = f64x2.add(c45, f64x2.mul(z2, c67));
  const c8to12 = f64x2.add(c89, f64x2.mul(z2, c10to12));
  const c4to12 = f64x2.add(c4to7, f64x2.mul(z4, c8to12));
  return f64x2.mul(z, f64x2.add(c0to3, f64x2.mul(z4, c4to12)));
}

/** Far from zero softplus is x or eˣ to the last bit. */
function anySoftplus(x: v128): v128 {
  const near = f64x2.le(f64x2.abs(x), f64x2.splat(700));
  const far = v128.bitselect(x, anyExponential(x), f64x2.gt(x, f64x2.splat(0)));
  return canonical(v128.bitselect(normalSoftplus(v128.and(x, near)), far, near));
}

@inline
export function softplus(x: v128): v128 {
  return isNormalExponent(x) ? normalSoftplus(x) : anySoftplus(x);
}
