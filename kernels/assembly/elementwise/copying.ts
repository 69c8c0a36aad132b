import { bytes, FLOAT, gather, PAIR, scatter, storeOne } from '../vector';

/** to[i,j] = from[i,j], bits and all, with any strides: a transposition has `fromColumn` and `fromRow` swapped. */
export function copy(
  rows: usize,
  columns: usize,
  from: usize,
  fromRow: usize,
  fromColumn: usize,
  to: usize,
  toRow: usize,
  toColumn: usize,
): void {
  for (let row: usize = 0; row < rows; row++) {
    const source = bytes(from + row * fromRow);
    const target = bytes(to + row * toRow);
    if (fromColumn == 1 && toColumn == 1) memory.copy(target, source, bytes(columns));
    else copyStrided(columns, source, bytes(fromColumn), target, bytes(toColumn));
  }
}

function copyStrided(count: usize, from: usize, fromStride: usize, to: usize, toStride: usize): void {
  const pairs = count >> 1;
  for (let i: usize = 0; i < pairs; i++) {
    scatter(to, toStride, gather(from, fromStride));
    from += 2 * fromStride;
    to += 2 * toStride;
  }
  if (count & 1) store<f64>(to, load<f64>(from));
}

/** to[i] = value, i < count. */
export function fill(count: usize, value: f64, to: usize, stride: usize): void {
  const pair = f64x2.splat(value);
  const pairs = count >> 1;
  to = bytes(to);
  stride = bytes(stride);
  for (let i: usize = 0; i < pairs; i++) {
    if (stride == FLOAT) v128.store(to, pair);
    else scatter(to, stride, pair);
    to += stride == FLOAT ? PAIR : 2 * stride;
  }
  if (count & 1) storeOne(to, pair);
}
