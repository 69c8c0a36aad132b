import { bytes, FLOAT, PAIR } from '../vector';
import { loadColumns } from './terms';

/**
 * Whether any column of two stacks of matrices, each [blocks × rows × columns] without gaps, has its largest entry (or
 * its smallest) in another row. Of equal entries the first one counts, and before any other the first NaN.
 */
export function choicesDiffer(
  blocks: usize,
  rows: usize,
  columns: usize,
  a: usize,
  b: usize,
  largest: bool,
): bool {
  a = bytes(a);
  b = bytes(b);
  const row = columns * FLOAT;
  const end = (columns & ~1) * FLOAT;
  for (let block: usize = 0; block < blocks; block++) {
    for (let j: usize = 0; j < end; j += PAIR) {
      if (differs(chosenRows(rows, a + j, row, true, largest), chosenRows(rows, b + j, row, true, largest))) return true;
    }
    if (columns & 1) {
      const left = a + end;
      const right = b + end;
      if (differs(chosenRows(rows, left, row, false, largest), chosenRows(rows, right, row, false, largest))) return true;
    }
    a += rows * row;
    b += rows * row;
  }
  return false;
}

@inline
function differs(a: v128, b: v128): bool {
  return v128.any_true(v128.xor(a, b));
}

/** The row that each of two neighbouring columns, or of one, chooses. */
@inline
function chosenRows(rows: usize, a: usize, stride: usize, two: bool, largest: bool): v128 {
  let best = loadColumns(a, two);
  let chosen = i64x2.splat(0);
  for (let i: usize = 1; i < rows; i++) {
    a += stride;
    const next = loadColumns(a, two);
    const beyond = largest ? f64x2.gt(next, best) : f64x2.lt(next, best);
    const firstNaN = v128.andnot(f64x2.eq(best, best), f64x2.eq(next, next));
    const better = v128.or(beyond, firstNaN);
    best = v128.bitselect(next, best, better);
    chosen = v128.bitselect(i64x2.splat(i), chosen, better);
  }
  return chosen;
}
