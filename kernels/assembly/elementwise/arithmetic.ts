import { canonical } from '../canonical';
import { combine } from './combine';

@final @unmanaged
class Add {
  @inline of(a: v128, b: v128): v128 {
    return canonical(f64x2.add(a, b));
  }
}

@final @unmanaged
class Subtract {
  @inline of(a: v128, b: v128): v128 {
    return canonical(f64x2.sub(a, b));
  }
}

@final @unmanaged
class Multiply {
  @inline of(a: v128, b: v128): v128 {
    return canonical(f64x2.mul(a, b));
  }
}

@final @unmanaged
class Divide {
  @inline of(a: v128, b: v128): v128 {
    return canonical(f64x2.div(a, b));
  }
}

/** NaN when either is; 0 above −0. */
@final @unmanaged
class Maximum {
  @inline of(a: v128, b: v128): v128 {
    return canonical(f64x2.max(a, b));
  }
}

/** NaN when either is; −0 below 0. */
@final @unmanaged
class Minimum {
  @inline of(a: v128, b: v128): v128 {
    return canonical(f64x2.min(a, b));
  }
}

export function add(
  rows: usize,
  columns: usize,
  a: usize,
  aRow: usize,
  aColumn: usize,
  b: usize,
  bRow: usize,
  bColumn: usize,
  out: usize,
  outRow: usize,
  outColumn: usize,
): void {
  combine<Add>(rows, columns, a, aRow, aColumn, b, bRow, bColumn, out, outRow, outColumn);
}

export function subtract(
  rows: usize,
  columns: usize,
  a: usize,
  aRow: usize,
  aColumn: usize,
  b: usize,
  bRow: usize,
  bColumn: usize,
  out: usize,
  outRow: usize,
  outColumn: usize,
): void {
  combine<Subtract>(rows, columns, a, aRow, aColumn, b, bRow, bColumn, out, outRow, outColumn);
}

export function multiply(
  rows: usize,
  columns: usize,
  a: usize,
  aRow: usize,
  aColumn: usize,
  b: usize,
  bRow: usize,
  bColumn: usize,
  out: usize,
  outRow: usize,
  outColumn: usize,
): void {
  combine<Multiply>(rows, columns, a, aRow, aColumn, b, bRow, bColumn, out, outRow, outColumn);
}

export function divide(
  rows: usize,
  columns: usize,
  a: usize,
  aRow: usize,
  aColumn: usize,
  b: usize,
  bRow: usize,
  bColumn: usize,
  out: usize,
  outRow: usize,
  outColumn: usize,
): void {
  combine<Divide>(rows, columns, a, aRow, aColumn, b, bRow, bColumn, out, outRow, outColumn);
}

export function maximum(
  rows: usize,
  columns: usize,
  a: usize,
  aRow: usize,
  aColumn: usize,
  b: usize,
  bRow: usize,
  bColumn: usize,
  out: usize,
  outRow: usize,
  outColumn: usize,
): void {
  combine<Maximum>(rows, columns, a, aRow, aColumn, b, bRow, bColumn, out, outRow, outColumn);
}

export function minimum(
  rows: usize,
  columns: usize,
  a: usize,
  aRow: usize,
  aColumn: usize,
  b: usize,
  bRow: usize,
  bColumn: usize,
  out: usize,
  outRow: usize,
  outColumn: usize,
): void {
  combine<Minimum>(rows, columns, a, aRow, aColumn, b, bRow, bColumn, out, outRow, outColumn);
}
