/** Runs up to this length are summed in a row. */
const RUN = 64;

/**
 * Σ memory[from + table[j]], by halves: the rounding error grows with log n instead of n (Higham, Accuracy and
 * Stability of Numerical Algorithms, 2nd ed., section 4.2). The order depends on the table alone.
 */
export function pairwiseSum(memory: Float64Array, from: number, table: Int32Array): number {
  return sumRange(memory, from, table, 0, table.length);
}

function sumRange(memory: Float64Array, from: number, table: Int32Array, start: number, end: number): number {
  if (end - start <= RUN) {
    let total = 0;
    for (let j = start; j < end; j++) total += memory[from + table[j]];
    return total;
  }
  const middle = (start + end) >>> 1;
  return sumRange(memory, from, table, start, middle) + sumRange(memory, from, table, middle, end);
}
