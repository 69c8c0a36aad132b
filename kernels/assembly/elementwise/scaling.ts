import { canonical } from '../canonical';
import { mapWith } from './map';

/* Functions of x and one number that is no tensor. */

@final @unmanaged
class Scale {
  @inline of(x: v128, factor: v128): v128 {
    return canonical(f64x2.mul(x, factor));
  }
}

/** x where x > 0 or is NaN, else slope·x. */
@final @unmanaged
class LeakyRelu {
  @inline of(x: v128, slope: v128): v128 {
    return canonical(v128.bitselect(f64x2.mul(x, slope), x, f64x2.le(x, f64x2.splat(0))));
  }
}

export function scale(count: usize, x: usize, xStride: usize, factor: f64, out: usize, outStride: usize): void {
  mapWith<Scale>(count, x, xStride, factor, out, outStride);
}

export function leakyRelu(count: usize, x: usize, xStride: usize, slope: f64, out: usize, outStride: usize): void {
  mapWith<LeakyRelu>(count, x, xStride, slope, out, outStride);
}
