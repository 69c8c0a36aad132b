import { canonical } from '../canonical';
import { normalExponential } from './exponential';

const SIGN: i64 = 0x8000000000000000;
/** Below, the series in x²; above, 1 − erfc. */
const SPLIT: f64 = 0.84375;
/** From here on erf x rounds to 1. */
const ONE_FROM: f64 = 6;

/** erf x, odd to the last bit. Coefficients: kernels/polynomials.py. */
@inline
export function errorFunction(x: v128): v128 {
  const magnitude = f64x2.pmin(f64x2.abs(x), f64x2.splat(ONE_FROM));
  const square = f64x2.mul(magnitude, magnitude);
  const small = f64x2.add(magnitude, f64x2.mul(magnitude, nearSeries(square)));
  const isSmall = f64x2.lt(magnitude, f64x2.splat(SPLIT));
  // As most that a GELU takes are: without an exponential and a quotient.
  if (i64x2.bitmask(isSmall) == 3) return v128.bitselect(x, small, i64x2.splat(SIGN));
  const complement = f64x2.mul(normalExponential(f64x2.neg(square)), farQuotient(magnitude));
  const large = f64x2.sub(f64x2.splat(1), complement);
  const value = v128.bitselect(small, large, isSmall);
  return canonical(v128.bitselect(x, value, i64x2.splat(SIGN)));
}

/** erf(x)/x − 1 in z = x² ≤ 0.712. */
@inline
function nearSeries(z: v128): v128 {
  const z2 = f64x2.mul(z, z);
  const z4 = f64x2.mul(z2, z2);
  const c01 = f64x2.add(f64x2.splat(0.12837916709551256), f64x2.mul(z, f64x2.splat(-0.376126389031834)));
  const c23 = f64x2.add(f64x2.splat(0.11283791670935311), f64x2.mul(z, f64x2.splat(-0.02686617064077985)));
  const c45 = f64x2.add(f64x2.splat(0.005223977576377844), f64x2.mul(z, f64x2.splat(-0.000854832379116413)));
  const c67 = f64x2.add(f64x2.splat(0.00012055199941321885), f64x2.mul(z, f64x2.splat(-1.4922121574443055e-5)));
  const c89 = f64x2.add(f64x2.splat(1.640162967934702e-6), f64x2.mul(z, f64x2.splat(-1.571446067260244e-7)));
  const c8to10 = f64x2.add(c89, f64x2.mul(z2, f64x2.splat(1.0726571432176348e-8)));
  const c0to3 = f64x2.add(c01, f64x2.mul(z2, c23));
  const c4to7 = f64x2.add(c45, f64x2.mul(z2, c67));
  return f64x2.add(c0to3, f64x2.mul(z4, f64x2.add(c4to7, f64x2.mul(z4, c8to10))));
}

/** erfc(x)·e^(x²) for 0.84375 ≤ x ≤ 6. */
@inline
function farQuotient(x: v128): v128 {
  const x2 = f64x2.mul(x, x);
  const x4 = f64x2.mul(x2, x2);
  const t01 = f64x2.add(f64x2.splat(0.999999958394481), f64x2.mul(x, f64x2.splat(1.3685634275316083)));
  const t23 = f64x2.add(f64x2.splat(0.9223729415283458), f64x2.mul(x, f64x2.splat(0.3574957854503428)));
  const t45 = f64x2.add(f64x2.splat(0.07925958045608686), f64x2.mul(x, f64x2.splat(0.008175571034775921)));
  const top = f64x2.add(f64x2.add(t01, f64x2.mul(x2, t23)), f64x2.mul(x4, t45));
  const b01 = f64x2.add(f64x2.splat(1), f64x2.mul(x, f64x2.splat(2.4969421158074474)));
  const b23 = f64x2.add(f64x2.splat(2.739873018328974), f64x2.mul(x, f64x2.splat(1.7044130615965607)));
  const b45 = f64x2.add(f64x2.splat(0.6409646455251159), f64x2.mul(x, f64x2.splat(0.14047884945988712)));
  const b4to6 = f64x2.add(b45, f64x2.mul(x2, f64x2.splat(0.014490989811001161)));
  const bottom = f64x2.add(f64x2.add(b01, f64x2.mul(x2, b23)), f64x2.mul(x4, b4to6));
  return f64x2.div(top, bottom);
}
