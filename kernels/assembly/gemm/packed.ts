import { FLOAT } from '../vector';
import { microKernel, TILE } from './micro-kernel';
import { packPanels } from './pack';

/*
 * The blocking of Goto and van de Geijn, Anatomy of High-Performance Matrix Multiplication (2008): a block of A
 * stays in the second-level cache (256 KiB), a panel of B (8 KiB) in the first-level cache.
 */
const DEPTH_BLOCK: usize = 256;
const ROW_BLOCK: usize = 128;
const COLUMN_BLOCK: usize = 256;

/** Bytes of a cache line: panels start on one. */
const LINE: usize = 64;

@inline
function wholeTiles(length: usize): usize {
  return (length + TILE - 1) & ~(TILE - 1);
}

/** Bytes of scratch that `multiplyPacked` needs. */
export function packedScratch(rows: usize, columns: usize, depth: usize): usize {
  const lines = min(wholeTiles(rows), ROW_BLOCK) + min(wholeTiles(columns), COLUMN_BLOCK);
  return (lines * min(depth, DEPTH_BLOCK) + TILE * TILE) * FLOAT + LINE;
}

export function multiplyPacked(
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
  const tile = (scratch + LINE - 1) & ~(LINE - 1);
  const aPanels = tile + TILE * TILE * FLOAT;
  const bPanels = aPanels + min(wholeTiles(rows), ROW_BLOCK) * min(depth, DEPTH_BLOCK) * FLOAT;
  for (let column: usize = 0; column < columns; column += COLUMN_BLOCK) {
    const width = min(COLUMN_BLOCK, columns - column);
    for (let k: usize = 0; k < depth; k += DEPTH_BLOCK) {
      const run = min(DEPTH_BLOCK, depth - k);
      packPanels(width, run, b + k * bRow + column * bColumn, bColumn, bRow, bPanels);
      for (let row: usize = 0; row < rows; row += ROW_BLOCK) {
        const height = min(ROW_BLOCK, rows - row);
        packPanels(height, run, a + row * aRow + k * aColumn, aRow, aColumn, aPanels);
        const to = c + row * cRow + column * FLOAT;
        multiplyBlock(height, width, run, aPanels, bPanels, to, cRow, accumulate || k > 0, tile);
      }
    }
  }
}

function multiplyBlock(
  rows: usize,
  columns: usize,
  depth: usize,
  aPanels: usize,
  bPanels: usize,
  c: usize,
  cRow: usize,
  accumulate: bool,
  tile: usize,
): void {
  const panelBytes = depth * TILE * FLOAT;
  let b = bPanels;
  for (let column: usize = 0; column < columns; column += TILE) {
    let a = aPanels;
    for (let row: usize = 0; row < rows; row += TILE) {
      const to = c + row * cRow + column * FLOAT;
      if (row + TILE <= rows && column + TILE <= columns) microKernel(depth, a, b, to, cRow, accumulate);
      else multiplyEdge(min(TILE, rows - row), min(TILE, columns - column), depth, a, b, to, cRow, accumulate, tile);
      a += panelBytes;
    }
    b += panelBytes;
  }
}

/** A tile over the edge of C is computed whole beside C; the part within C is copied. */
function multiplyEdge(
  rows: usize,
  columns: usize,
  depth: usize,
  a: usize,
  b: usize,
  c: usize,
  cRow: usize,
  accumulate: bool,
  tile: usize,
): void {
  const tileRow = TILE * FLOAT;
  if (accumulate) copyTile(rows, columns, c, cRow, tile, tileRow);
  microKernel(depth, a, b, tile, tileRow, accumulate);
  copyTile(rows, columns, tile, tileRow, c, cRow);
}

function copyTile(rows: usize, columns: usize, from: usize, fromRow: usize, to: usize, toRow: usize): void {
  for (let row: usize = 0; row < rows; row++) {
    for (let column: usize = 0; column < columns; column++) {
      store<f64>(to + column * FLOAT, load<f64>(from + column * FLOAT));
    }
    from += fromRow;
    to += toRow;
  }
}
