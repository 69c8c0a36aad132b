import { bytes, FLOAT } from '../vector';
import { multiplyDirect } from './direct';
import { multiplyPacked, packedScratch } from './packed';
import { multiplyStreamed } from './streamed';

/** Multiplications below which packing costs more than it saves, as measured by bench/kernels.ts. */
const DIRECT_WORK: f64 = 20_000;
/** Fewest rows and columns for which packing pays. */
const PACKED_ROWS: usize = 9;
const PACKED_COLUMNS: usize = 16;
/** Entries of A that stay in the second-level cache however they are strided. */
const CACHED: f64 = 16_384;

/** Every way adds the terms of an entry of C in the same order, so that the choice never shows in the bits. */
const enum Way {
  Direct,
  Streamed,
  Packed,
}

function chooseWay(rows: usize, columns: usize, depth: usize, aColumn: usize, bColumn: usize): Way {
  if (<f64>rows * <f64>columns * <f64>depth <= DIRECT_WORK) return Way.Direct;
  if (rows < PACKED_ROWS) return bColumn == FLOAT && columns >= PACKED_COLUMNS ? Way.Streamed : Way.Direct;
  if (columns < PACKED_COLUMNS && (aColumn == FLOAT || <f64>rows * <f64>depth <= CACHED)) return Way.Direct;
  return Way.Packed;
}

/** float64s of scratch that `multiplyMatrices` needs for these sizes, whatever the strides; never over 100,000. */
export function multiplyMatricesScratch(rows: usize, columns: usize, depth: usize): usize {
  if (<f64>rows * <f64>columns * <f64>depth <= DIRECT_WORK || rows < PACKED_ROWS) return 0;
  return packedScratch(rows, columns, depth) / FLOAT;
}

/**
 * C[rows×columns] = start + A[rows×depth] · B[depth×columns], where `start` is C when `accumulate`, else 0. Each
 * entry is ((start + a₀b₀) + a₁b₁) + …: one rounding per product and per sum, in the order of the depth.
 * C's rows are runs; A and B may have any strides. C overlaps neither A, B nor the scratch.
 */
export function multiplyMatrices(
  rows: usize,
  columns: usize,
  depth: usize,
  a: usize,
  aRow: usize,
  aColumn: usize,
  b: usize,
  bRow: usize,
  bColumn: usize,
  c: usize,
  cRow: usize,
  accumulate: bool,
  scratch: usize,
): void {
  a = bytes(a);
  aRow = bytes(aRow);
  aColumn = bytes(aColumn);
  b = bytes(b);
  bRow = bytes(bRow);
  bColumn = bytes(bColumn);
  c = bytes(c);
  cRow = bytes(cRow);
  if (depth == 0) {
    if (!accumulate) clear(rows, columns, c, cRow);
    return;
  }
  switch (chooseWay(rows, columns, depth, aColumn, bColumn)) {
    case Way.Direct:
      multiplyDirect(rows, columns, depth, a, aRow, aColumn, b, bRow, bColumn, c, cRow, accumulate);
      break;
    case Way.Streamed:
      if (!accumulate) clear(rows, columns, c, cRow);
      multiplyStreamed(rows, columns, depth, a, aRow, aColumn, b, bRow, c, cRow);
      break;
    case Way.Packed:
      multiplyPacked(rows, columns, depth, a, aRow, aColumn, b, bRow, bColumn, c, cRow, accumulate, bytes(scratch));
      break;
  }
}

function clear(rows: usize, columns: usize, c: usize, cRow: usize): void {
  for (let row: usize = 0; row < rows; row++) memory.fill(c + row * cRow, 0, columns * FLOAT);
}
