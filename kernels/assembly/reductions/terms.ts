import { exponential } from '../functions/exponential';
import { FLOAT, gather, loadOne } from '../vector';

/*
 * What a sum adds up. `pair` gives two neighbouring terms, `one` a term with anything beside it, `column` the terms of
 * two columns of a row, or of one. `shift` is what `ExponentialTerm` takes off.
 */

@inline
function loadPair(from: usize, stride: usize): v128 {
  return stride == FLOAT ? v128.load(from) : gather(from, stride);
}

@inline
export function loadColumns(from: usize, two: bool): v128 {
  return two ? v128.load(from) : loadOne(from);
}

/** a */
@final @unmanaged
export class Entry {
  @inline pair(a: usize, aStride: usize, b: usize, bStride: usize, shift: v128): v128 {
    return loadPair(a, aStride);
  }
  @inline one(a: usize, b: usize, shift: v128): v128 {
    return loadOne(a);
  }
  @inline column(a: usize, two: bool, shift: v128): v128 {
    return loadColumns(a, two);
  }
}

/** a·b */
@final @unmanaged
export class Product {
  @inline pair(a: usize, aStride: usize, b: usize, bStride: usize, shift: v128): v128 {
    return f64x2.mul(loadPair(a, aStride), loadPair(b, bStride));
  }
  @inline one(a: usize, b: usize, shift: v128): v128 {
    return f64x2.mul(loadOne(a), loadOne(b));
  }
}

/** a − b */
@final @unmanaged
export class Difference {
  @inline pair(a: usize, aStride: usize, b: usize, bStride: usize, shift: v128): v128 {
    return f64x2.sub(loadPair(a, aStride), loadPair(b, bStride));
  }
  @inline one(a: usize, b: usize, shift: v128): v128 {
    return f64x2.sub(loadOne(a), loadOne(b));
  }
}

/** e^(a − shift) */
@final @unmanaged
export class ExponentialTerm {
  @inline pair(a: usize, aStride: usize, b: usize, bStride: usize, shift: v128): v128 {
    return exponential(f64x2.sub(loadPair(a, aStride), shift));
  }
  @inline one(a: usize, b: usize, shift: v128): v128 {
    return exponential(f64x2.sub(loadOne(a), shift));
  }
  @inline column(a: usize, two: bool, shift: v128): v128 {
    return exponential(f64x2.sub(loadColumns(a, two), shift));
  }
}
