/** A complex number re + i·im. */
export interface Complex {
  readonly re: number;
  readonly im: number;
}

export const ONE: Complex = { re: 1, im: 0 };

/** A number on the real axis. */
export function real(re: number): Complex {
  return { re, im: 0 };
}

export function negative({ re, im }: Complex): Complex {
  return { re: -re, im: -im };
}

export function sum(a: Complex, b: Complex): Complex {
  return { re: a.re + b.re, im: a.im + b.im };
}

export function difference(a: Complex, b: Complex): Complex {
  return { re: a.re - b.re, im: a.im - b.im };
}

export function product(a: Complex, b: Complex): Complex {
  return { re: a.re * b.re - scaled(a.im, b.im), im: scaled(a.re, b.im) + scaled(b.re, a.im) };
}

/** By Smith's method (Communications of the ACM 5(8), 1962), which neither overflows nor underflows on the way. */
export function quotient(a: Complex, b: Complex): Complex {
  if (b.im === 0) return { re: a.re / b.re, im: a.im === 0 ? 0 : a.im / b.re };
  // What is finite over what is infinite is 0, whatever direction the latter lies in (C99, annex G.5.1).
  if (Math.abs(b.re) === Number.POSITIVE_INFINITY && Number.isFinite(a.re)) return real(a.re / b.re);
  if (Math.abs(b.re) >= Math.abs(b.im)) {
    const ratio = b.im / b.re;
    const scale = b.re + b.im * ratio;
    return { re: (a.re + a.im * ratio) / scale, im: (a.im - a.re * ratio) / scale };
  }
  const ratio = b.re / b.im;
  const scale = b.re * ratio + b.im;
  return { re: (a.re * ratio + a.im) / scale, im: (a.im * ratio - a.re) / scale };
}

/** factor·im, an exact 0 staying 0 beside infinity: a number on the real axis has no imaginary part to multiply. */
export function scaled(factor: number, im: number): number {
  return im === 0 ? 0 : factor * im;
}
