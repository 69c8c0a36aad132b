import { canonical } from '../canonical';
import { map, mapSimple } from './map';

/* The functions of one or two instructions; the vectorised library is in transcendental.ts. */

@final @unmanaged
class Negate {
  @inline of(x: v128): v128 {
    return canonical(f64x2.neg(x));
  }
}

@final @unmanaged
class Abs {
  @inline of(x: v128): v128 {
    return canonical(f64x2.abs(x));
  }
}

/** −1, 0 or 1; zeros keep their sign. */
@final @unmanaged
class Sign {
  @inline of(x: v128): v128 {
    const zero = f64x2.splat(0);
    const one = v128.and(f64x2.splat(1), f64x2.ne(x, zero));
    const signed = v128.or(one, v128.and(x, i64x2.splat(0x8000000000000000)));
    return v128.bitselect(signed, f64x2.splat(NaN), f64x2.eq(x, x));
  }
}

@final @unmanaged
class Square {
  @inline of(x: v128): v128 {
    return canonical(f64x2.mul(x, x));
  }
}

@final @unmanaged
class SquareRoot {
  @inline of(x: v128): v128 {
    return canonical(f64x2.sqrt(x));
  }
}

@final @unmanaged
class Reciprocal {
  @inline of(x: v128): v128 {
    return canonical(f64x2.div(f64x2.splat(1), x));
  }
}

/** x where x > 0, else +0; NaN stays. */
@final @unmanaged
class Relu {
  @inline of(x: v128): v128 {
    return canonical(v128.andnot(x, f64x2.le(x, f64x2.splat(0))));
  }
}

export function negate(count: usize, x: usize, xStride: usize, out: usize, outStride: usize): void {
  mapSimple<Negate>(count, x, xStride, out, outStride);
}

export function abs(count: usize, x: usize, xStride: usize, out: usize, outStride: usize): void {
  mapSimple<Abs>(count, x, xStride, out, outStride);
}

export function sign(count: usize, x: usize, xStride: usize, out: usize, outStride: usize): void {
  mapSimple<Sign>(count, x, xStride, out, outStride);
}

export function square(count: usize, x: usize, xStride: usize, out: usize, outStride: usize): void {
  mapSimple<Square>(count, x, xStride, out, outStride);
}

export function sqrt(count: usize, x: usize, xStride: usize, out: usize, outStride: usize): void {
  map<SquareRoot>(count, x, xStride, out, outStride);
}

export function reciprocal(count: usize, x: usize, xStride: usize, out: usize, outStride: usize): void {
  map<Reciprocal>(count, x, xStride, out, outStride);
}

export function relu(count: usize, x: usize, xStride: usize, out: usize, outStride: usize): void {
  mapSimple<Relu>(count, x, xStride, out, outStride);
}
