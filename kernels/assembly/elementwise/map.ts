import { bytes, FLOAT, gather, loadOne, PAIR, scatter, storeOne } from '../vector';

/** out[i] = F(x[i]), i < count, both with any stride; `out` may be `x`. F is a class with a method `of`. */
@inline
export function map<F>(count: usize, x: usize, xStride: usize, out: usize, outStride: usize): void {
  const f = changetype<F>(0);
  x = bytes(x);
  xStride = bytes(xStride);
  out = bytes(out);
  outStride = bytes(outStride);
  const pairs = count >> 1;
  if (xStride == FLOAT && outStride == FLOAT) {
    for (let i: usize = 0; i < pairs; i++) {
      v128.store(out, f.of(v128.load(x)));
      x += PAIR;
      out += PAIR;
    }
  } else {
    for (let i: usize = 0; i < pairs; i++) {
      scatter(out, outStride, f.of(gather(x, xStride)));
      x += 2 * xStride;
      out += 2 * outStride;
    }
  }
  if (count & 1) storeOne(out, f.of(loadOne(x)));
}

/** As `map`, for functions of so few instructions that turning the loop would take as long: runs go four pairs a turn. */
@inline
export function mapSimple<F>(count: usize, x: usize, xStride: usize, out: usize, outStride: usize): void {
  const f = changetype<F>(0);
  if (xStride == 1 && outStride == 1) {
    let from = bytes(x);
    let to = bytes(out);
    for (let turns = count >> 3; turns > 0; turns--) {
      v128.store(to, f.of(v128.load(from)));
      v128.store(to, f.of(v128.load(from, 16)), 16);
      v128.store(to, f.of(v128.load(from, 32)), 32);
      v128.store(to, f.of(v128.load(from, 48)), 48);
      from += 4 * PAIR;
      to += 4 * PAIR;
    }
    const done = count & ~7;
    map<F>(count & 7, x + done, 1, out + done, 1);
  } else {
    map<F>(count, x, xStride, out, outStride);
  }
}

/** out[i] = F(x[i], factor), as `map`. */
@inline
export function mapWith<F>(
  count: usize,
  x: usize,
  xStride: usize,
  factor: f64,
  out: usize,
  outStride: usize,
): void {
  const f = changetype<F>(0);
  x = bytes(x);
  xStride = bytes(xStride);
  out = bytes(out);
  outStride = bytes(outStride);
  const factors = f64x2.splat(factor);
  const pairs = count >> 1;
  if (xStride == FLOAT && outStride == FLOAT) {
    for (let i: usize = 0; i < pairs; i++) {
      v128.store(out, f.of(v128.load(x), factors));
      x += PAIR;
      out += PAIR;
    }
  } else {
    for (let i: usize = 0; i < pairs; i++) {
      scatter(out, outStride, f.of(gather(x, xStride), factors));
      x += 2 * xStride;
      out += 2 * outStride;
    }
  }
  if (count & 1) storeOne(out, f.of(loadOne(x), factors));
}
