import type { Complex } from './complex.ts';

/** Terms of the sum below: e^(−n²/4) is lost in the first one from here on, for the steps that are taken. */
const TERMS = 14;

/**
 * The error function: Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.29, which is a sum of values of
 * real functions and, either part by itself, within a few units of the last place.
 */
export function erf({ re: x, im: y }: Complex): Complex {
  const height = gaussian(x);
  const turn = 2 * x * y;
  const half = Math.sin(x * y);
  const [cosine, sine] = [Math.cos(turn), Math.sin(turn)];
  let re = x === 0 ? 0 : (half * half) / (Math.PI * x);
  let im = x === 0 ? y / Math.PI : sine / (2 * Math.PI * x);
  for (let n = 1; n <= TERMS; n++) {
    const weight = ((2 / Math.PI) * Math.exp((-n * n) / 4)) / (n * n + 4 * x * x);
    const [even, odd] = [2 * x * Math.cosh(n * y), n * Math.sinh(n * y)];
    re += weight * (2 * x - even * cosine + odd * sine);
    im += weight * (even * sine + odd * cosine);
  }
  return { re: realErf(x) + height * re, im: height * im };
}

/** From here on the continued fraction is used, as erf is 1 but for 2e-5. */
const TAIL = 3;
const FRACTIONS = 60;
/** erf is ±1 in float64 from here on. */
const SATURATED = 6;

/** By the series of positive terms (7.1.6), and 1 less the continued fraction (7.1.14) of what is left. */
function realErf(x: number): number {
  if (x < 0) return -realErf(-x);
  if (x > SATURATED) return 1;
  if (x < TAIL) {
    let term = x;
    let total = x;
    for (let n = 1; term > total * 2 ** -56; n++) {
      term *= (2 * x * x) / (2 * n + 1);
      total += term;
    }
    return (2 / Math.sqrt(Math.PI)) * gaussian(x) * total;
  }
  let fraction = x;
  for (let n = FRACTIONS; n > 0; n--) fraction = x + n / 2 / fraction;
  return 1 - gaussian(x) / (Math.sqrt(Math.PI) * fraction);
}

/** e^(−x²), x² being split so that its rounding is not magnified. */
function gaussian(x: number): number {
  const short = Math.fround(x);
  return Math.exp(-short * short) * Math.exp((short - x) * (short + x));
}
