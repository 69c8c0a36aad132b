import { errorFunction } from '../functions/error-function';
import { exponential } from '../functions/exponential';
import { exponentialLessOne } from '../functions/exponential-less-one';
import { hyperbolicTangent } from '../functions/hyperbolic-tangent';
import { logarithm } from '../functions/logarithm';
import { logarithmOfOneMore } from '../functions/logarithm-of-one-more';
import { sigmoid as sigmoidOf } from '../functions/sigmoid';
import { softplus as softplusOf } from '../functions/softplus';
import { map } from './map';

@final @unmanaged
class Exponential {
  @inline of(x: v128): v128 {
    return exponential(x);
  }
}

@final @unmanaged
class ExponentialLessOne {
  @inline of(x: v128): v128 {
    return exponentialLessOne(x);
  }
}

@final @unmanaged
class Logarithm {
  @inline of(x: v128): v128 {
    return logarithm(x);
  }
}

@final @unmanaged
class LogarithmOfOneMore {
  @inline of(x: v128): v128 {
    return logarithmOfOneMore(x);
  }
}

@final @unmanaged
class HyperbolicTangent {
  @inline of(x: v128): v128 {
    return hyperbolicTangent(x);
  }
}

@final @unmanaged
class Sigmoid {
  @inline of(x: v128): v128 {
    return sigmoidOf(x);
  }
}

@final @unmanaged
class Softplus {
  @inline of(x: v128): v128 {
    return softplusOf(x);
  }
}

@final @unmanaged
class ErrorFunction {
  @inline of(x: v128): v128 {
    return errorFunction(x);
  }
}

export function exp(count: usize, x: usize, xStride: usize, out: usize, outStride: usize): void {
  map<Exponential>(count, x, xStride, out, outStride);
}

export function expm1(count: usize, x: usize, xStride: usize, out: usize, outStride: usize): void {
  map<ExponentialLessOne>(count, x, xStride, out, outStride);
}

export function log(count: usize, x: usize, xStride: usize, out: usize, outStride: usize): void {
  map<Logarithm>(count, x, xStride, out, outStride);
}

export function log1p(count: usize, x: usize, xStride: usize, out: usize, outStride: usize): void {
  map<LogarithmOfOneMore>(count, x, xStride, out, outStride);
}

export function tanh(count: usize, x: usize, xStride: usize, out: usize, outStride: usize): void {
  map<HyperbolicTangent>(count, x, xStride, out, outStride);
}

export function sigmoid(count: usize, x: usize, xStride: usize, out: usize, outStride: usize): void {
  map<Sigmoid>(count, x, xStride, out, outStride);
}

export function softplus(count: usize, x: usize, xStride: usize, out: usize, outStride: usize): void {
  map<Softplus>(count, x, xStride, out, outStride);
}

export function erf(count: usize, x: usize, xStride: usize, out: usize, outStride: usize): void {
  map<ErrorFunction>(count, x, xStride, out, outStride);
}
