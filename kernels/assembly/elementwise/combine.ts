import { bytes, FLOAT, gather, loadOne, PAIR, scatter, storeOne } from '../vector';

/**
 * out[i,j] = F(a[i,j], b[i,j]), i < rows, j < columns. Any strides, 0 among them: a row stride of 0 repeats a row, a
 * column stride of 0 repeats one number along a row. `out` may be `a` or `b` with the same strides.
 */
@inline
export function combine<F>(
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
  const runs = aColumn == 1 && bColumn == 1 && outColumn == 1;
  for (let row: usize = 0; row < rows; row++) {
    const aFrom = bytes(a + row * aRow);
    const bFrom = bytes(b + row * bRow);
    const to = bytes(out + row * outRow);
    if (runs) combineRuns<F>(columns, aFrom, bFrom, to);
    else combineStrided<F>(columns, aFrom, bytes(aColumn), bFrom, bytes(bColumn), to, bytes(outColumn));
  }
}

@inline
function combineRuns<F>(count: usize, a: usize, b: usize, out: usize): void {
  const f = changetype<F>(0);
  const end = (count & ~1) * FLOAT;
  for (let i: usize = 0; i < end; i += PAIR) {
    v128.store(out + i, f.of(v128.load(a + i), v128.load(b + i)));
  }
  if (count & 1) storeOne(out + end, f.of(loadOne(a + end), loadOne(b + end)));
}

@inline
function combineStrided<F>(
  count: usize,
  a: usize,
  aStride: usize,
  b: usize,
  bStride: usize,
  out: usize,
  outStride: usize,
): void {
  const f = changetype<F>(0);
  const pairs = count >> 1;
  for (let i: usize = 0; i < pairs; i++) {
    scatter(out, outStride, f.of(gather(a, aStride), gather(b, bStride)));
    a += 2 * aStride;
    b += 2 * bStride;
    out += 2 * outStride;
  }
  if (count & 1) storeOne(out, f.of(loadOne(a), loadOne(b)));
}
