import { bytes, gather, loadOne, scatter, storeOne } from '../vector';

/**
 * out[i,j] = a[i,j] where condition[i,j] is not 0, else b[i,j], bits and all; NaN counts as not 0. Any strides, 0
 * among them.
 */
export function select(
  rows: usize,
  columns: usize,
  condition: usize,
  conditionRow: usize,
  conditionColumn: usize,
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
  for (let row: usize = 0; row < rows; row++) {
    selectRow(
      columns,
      bytes(condition + row * conditionRow),
      bytes(conditionColumn),
      bytes(a + row * aRow),
      bytes(aColumn),
      bytes(b + row * bRow),
      bytes(bColumn),
      bytes(out + row * outRow),
      bytes(outColumn),
    );
  }
}

@inline
function selectRow(
  count: usize,
  condition: usize,
  conditionStride: usize,
  a: usize,
  aStride: usize,
  b: usize,
  bStride: usize,
  out: usize,
  outStride: usize,
): void {
  const pairs = count >> 1;
  for (let i: usize = 0; i < pairs; i++) {
    scatter(out, outStride, chosen(gather(condition, conditionStride), gather(a, aStride), gather(b, bStride)));
    condition += 2 * conditionStride;
    a += 2 * aStride;
    b += 2 * bStride;
    out += 2 * outStride;
  }
  if (count & 1) storeOne(out, chosen(loadOne(condition), loadOne(a), loadOne(b)));
}

@inline
function chosen(condition: v128, a: v128, b: v128): v128 {
  return v128.bitselect(b, a, f64x2.eq(condition, f64x2.splat(0)));
}
