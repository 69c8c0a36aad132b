import { type Complex, negative, ONE, product, quotient, real, scaled, sum } from './complex.ts';
import type { KinkWatch } from './kink-watch.ts';

/*
 * The functions of the graph's ops in complex arithmetic, each by its definition in real functions of both parts and
 * accurate for the smallest imaginary parts. None uses a derivative. Where the real function is undefined they are
 * NaN, as J is there.
 */

const NOWHERE: Complex = { re: Number.NaN, im: Number.NaN };

/** Below this a number may come from factors whose imaginary parts, 1e-20 times smaller, have lost digits to underflow. */
const LOST = 2 ** -900;

/** e^x·(cos y + i·sin y). */
export function exp({ re, im }: Complex): Complex {
  const modulus = Math.exp(re);
  return { re: modulus * Math.cos(im), im: scaled(modulus, Math.sin(im)) };
}

/** e^z − 1, with its real part e^x·cos y − 1 written without cancellation. */
export function expm1({ re, im }: Complex): Complex {
  const half = Math.sin(im / 2);
  return {
    re: Math.expm1(re) * Math.cos(im) - 2 * half * half,
    im: scaled(Math.exp(re), Math.sin(im)),
  };
}

/** log|z| + i·arg z, for the real parts that the real function takes. */
export function log(z: Complex, kinks: KinkWatch): Complex {
  return kinks.side(z) > 0 ? principalLog(z) : { re: Math.log(z.re), im: atEdge(z) };
}

/** log(1 + z). */
export function log1p(z: Complex, kinks: KinkWatch): Complex {
  const shifted = sum(ONE, z);
  return kinks.side(shifted) > 0 ? principalLog1p(z) : { re: Math.log1p(z.re), im: atEdge(shifted) };
}

/** The principal branch, √((|z| + x)/2) + i·y/(2·its real part). */
export function sqrt(z: Complex, kinks: KinkWatch): Complex {
  if (!(kinks.side(z) > 0)) return { re: Math.sqrt(z.re), im: atEdge(z) };
  const { re, im } = principalSqrt(z);
  return { re, im: isLost(z.re) ? Number.NaN : im };
}

function principalSqrt(z: Complex): Complex {
  const re = Math.sqrt(Math.hypot(z.re, z.im) / 2 + z.re / 2);
  return { re, im: z.im / (2 * re) };
}

/** a/b, with a pole where b is 0. */
export function ratio(a: Complex, b: Complex, kinks: KinkWatch): Complex {
  const isPole = kinks.side(b) === 0 && b.im !== 0;
  return isPole || isLost(b.re) ? { re: a.re / b.re, im: Number.NaN } : quotient(a, b);
}

export function sin({ re, im }: Complex): Complex {
  return { re: Math.sin(re) * Math.cosh(im), im: Math.cos(re) * Math.sinh(im) };
}

export function cos({ re, im }: Complex): Complex {
  return { re: Math.cos(re) * Math.cosh(im), im: -Math.sin(re) * Math.sinh(im) };
}

/** Its imaginary part is ½·artanh(2y/(1 + x² + y²)), as a logarithm that keeps the smallest y. */
export function atan({ re, im }: Complex): Complex {
  if (im === 0) return real(Math.atan(re));
  const distance = re * re + (1 - im) * (1 - im);
  return {
    re: Math.atan2(2 * re, 1 - re * re - im * im) / 2,
    im: Math.log1p((4 * im) / distance) / 4,
  };
}

/** Beyond this √(z² + 1) is z to the last bit. */
const LARGE = 2 ** 28;

/** log(z + √(z² + 1)) right of 0, written so that it keeps the smallest z; odd. */
export function asinh(z: Complex): Complex {
  if (z.re < 0) return negative(asinh(negative(z)));
  if (z.re > LARGE) return principalLog(sum(z, z));
  const square = product(z, z);
  const root = principalSqrt(sum(ONE, square));
  return principalLog1p(sum(z, quotient(square, sum(ONE, root))));
}

/** Beyond this tanh is ±1 and e^(−2|x|) to the last bit. */
const SATURATED = 22;

/** Kahan's formula (Branch cuts for complex elementary functions, 1987), which does not overflow. */
export function tanh({ re, im }: Complex): Complex {
  if (Math.abs(re) > SATURATED) {
    return { re: Math.sign(re), im: 4 * Math.sin(im) * Math.cos(im) * Math.exp(-2 * Math.abs(re)) };
  }
  const tangent = Math.tan(im);
  const beta = 1 + tangent * tangent;
  const s = Math.sinh(re);
  const scale = 1 + beta * s * s;
  return { re: (beta * Math.sqrt(1 + s * s) * s) / scale, im: tangent / scale };
}

/** 1/(1 + e^(−z)), or e^z/(1 + e^z) where that would overflow. */
export function sigmoid(z: Complex): Complex {
  if (z.re < 0) {
    const power = exp(z);
    return quotient(power, sum(ONE, power));
  }
  return quotient(ONE, sum(ONE, exp(negative(z))));
}

/** log(1 + e^z), or z + log(1 + e^(−z)) where that would overflow. */
export function softplus(z: Complex): Complex {
  if (z.re > 0) return sum(z, principalLog1p(exp(negative(z))));
  return principalLog1p(exp(z));
}

/** Whole exponents up to this are multiplied out. */
const MOST_FACTORS = 1024;

/** z^w for the real parts that the real function takes: any exponent of a positive base, whole ones of any base. */
export function power(z: Complex, w: Complex, kinks: KinkWatch): Complex {
  if (z.im === 0 && w.im === 0) return real(z.re ** w.re);
  const isWhole = w.im === 0 && Number.isInteger(w.re);
  if (isWhole && Math.abs(w.re) <= MOST_FACTORS) return wholePower(z, w.re, kinks);
  if (isWhole && z.re < 0) {
    const opposite = principalPower(negative(z), w);
    return w.re % 2 === 0 ? opposite : negative(opposite);
  }
  if (kinks.side(z) > 0) return principalPower(z, w);
  // 0 to a positive power is 0, whatever the exponent does.
  return z.re === 0 && z.im === 0 && w.re > 0 ? real(0) : NOWHERE;
}

/** By repeated squaring; a negative power is that of the reciprocal. */
function wholePower(z: Complex, exponent: number, kinks: KinkWatch): Complex {
  if (exponent < 0) return wholePower(ratio(ONE, z, kinks), -exponent, kinks);
  let result = ONE;
  let square = z;
  for (let rest = exponent; rest > 0; rest = Math.floor(rest / 2)) {
    if (rest % 2 === 1) result = product(result, square);
    if (rest > 1) square = product(square, square);
  }
  return result;
}

/** exp(w·log z) as modulus and angle. */
function principalPower(z: Complex, w: Complex): Complex {
  const angle = Math.atan2(z.im, z.re);
  const modulus = Math.hypot(z.re, z.im) ** w.re * Math.exp(-w.im * angle);
  const turn = w.im * logModulus(z) + w.re * angle;
  return { re: modulus * Math.cos(turn), im: isLost(z.re) ? Number.NaN : modulus * Math.sin(turn) };
}

/** log z right of the imaginary axis. */
export function principalLog(z: Complex): Complex {
  return { re: logModulus(z), im: isLost(z.re) ? Number.NaN : Math.atan2(z.im, z.re) };
}

/** log(1 + z) for 1 + z right of 0. */
function principalLog1p({ re, im }: Complex): Complex {
  const isSmall = Math.abs(re) < 0.5 && Math.abs(im) < 0.5;
  return {
    re: isSmall ? Math.log1p(re * (2 + re) + im * im) / 2 : logModulus({ re: 1 + re, im }),
    im: Math.atan2(im, 1 + re),
  };
}

/** log|z|, near |z| = 1 as ½·log1p((a − 1)(a + 1) + b²) with a the larger part: 1 − |z|² would cancel (Kahan 1987). */
function logModulus({ re, im }: Complex): number {
  const modulus = Math.hypot(re, im);
  if (!(modulus > 0.5 && modulus < 2)) return Math.log(modulus);
  const [large, small] = [Math.max(Math.abs(re), Math.abs(im)), Math.min(Math.abs(re), Math.abs(im))];
  return Math.log1p((large - 1) * (large + 1) + small * small) / 2;
}

/** The imaginary part at and beyond the end of a domain: nothing that is differentiable, but for what does not move. */
function atEdge(z: Complex): number {
  return z.im === 0 ? 0 : Number.NaN;
}

function isLost(re: number): boolean {
  return re !== 0 && Math.abs(re) < LOST;
}
