import { combine } from './combine';

/* 1 where it holds, else 0. Every comparison with NaN is false, but `notEqual`. */

@final @unmanaged
class Less {
  @inline of(a: v128, b: v128): v128 {
    return v128.and(f64x2.lt(a, b), f64x2.splat(1));
  }
}

@final @unmanaged
class LessOrEqual {
  @inline of(a: v128, b: v128): v128 {
    return v128.and(f64x2.le(a, b), f64x2.splat(1));
  }
}

@final @unmanaged
class Equal {
  @inline of(a: v128, b: v128): v128 {
    return v128.and(f64x2.eq(a, b), f64x2.splat(1));
  }
}

@final @unmanaged
class NotEqual {
  @inline of(a: v128, b: v128): v128 {
    return v128.and(f64x2.ne(a, b), f64x2.splat(1));
  }
}

export function less(
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
  combine<Less>(rows, columns, a, aRow, aColumn, b, bRow, bColumn, out, outRow, outColumn);
}

export function lessOrEqual(
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
  combine<LessOrEqual>(rows, columns, a, aRow, aColumn, b, bRow, bColumn, out, outRow, outColumn);
}

export function equal(
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
  combine<Equal>(rows, columns, a, aRow, aColumn, b, bRow, bColumn, out, outRow, outColumn);
}

export function notEqual(
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
  combine<NotEqual>(rows, columns, a, aRow, aColumn, b, bRow, bColumn, out, outRow, outColumn);
}
