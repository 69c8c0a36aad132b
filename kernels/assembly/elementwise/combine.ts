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
  const withNumber = aColumn == 1 && bColumn == 0 && outColumn == 1;
  for (let row: usize = 0; row < rows; row++) {
    const aFrom = bytes(a + row * aRow);
    const bFrom = bytes(b + row * bRow);
    const to = bytes(out + row * outRow);
    if (runs) combineRuns<F>(columns, aFrom, bFrom, to);
    else if (withNumber) combineWithNumber<F>(columns, aFrom, bFrom, to);
    else combineStrided<F>(columns, aFrom, bytes(aColumn), bFrom, bytes(bColumn), to, bytes(outColumn));
  }
}

@inline
function combineRuns<F>(count: usize, a: usize, b: usize, out: usize): void {
  const f = changetype<F>(0);
  // Four pairs a turn: the functions are of so few instructions that turning the loop would take as long.
  for (; count >= 8; count -= 8) {
    v128.store(out, f.of(v128.load(a), v128.load(b)));
    v128.store(out, f.of(v128.load(a, 16), v128.load(b, 16)), 16);
    v128.store(out, f.of(v128.load(a, 32), v128.load(b, 32)), 32);
    v128.store(out, f.of(v128.load(a, 48), v128.load(b, 48)), 48);
    a += 4 * PAIR;
    b += 4 * PAIR;
    out += 4 * PAIR;
  }
  const end = (count & ~1) * FLOAT;
  for (let i: usize = 0; i < end; i += PAIR) {
    v128.store(out + i, f.of(v128.load(a + i), v128.load(b + i)));
  }
  if (count & 1) storeOne(out + end, f.of(loadOne(a + end), loadOne(b + end)));
}

/** A run and the one number at `b`. */
@inline
function combineWithNumber<F>(count: usize, a: usize, b: usize, out: usize): void {
  const f = changetype<F>(0);
  const number = v128.load64_splat(b);
  for (; count >= 8; count -= 8) {
    v128.store(out, f.of(v128.load(a), number));
    v128.store(out, f.of(v128.load(a, 16), number), 16);
    v128.store(out, f.of(v128.load(a, 32), number), 32);
    v128.store(out, f.of(v128.load(a, 48), number), 48);
    a += 4 * PAIR;
    out += 4 * PAIR;
  }
  const end = (count & ~1) * FLOAT;
  for (let i: usize = 0; i < end; i += PAIR) v128.store(out + i, f.of(v128.load(a + i), number));
  if (count & 1) storeOne(out + end, f.of(loadOne(a + end), number));
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
