/** Terms that are summed without a cut. */
const BLOCK = 256;

/**
 * Σ memory[from + table[j]], to the last bit as the kernels sum (see `SumKernels`): in an order that the table's length
 * alone tells, with a rounding error that grows with its logarithm (Higham, Accuracy and Stability of Numerical
 * Algorithms, 2nd ed., section 4.2).
 */
export function orderedSum(memory: Float64Array, from: number, table: Int32Array): number {
  return sumRange(memory, from, table, 0, table.length);
}

function sumRange(memory: Float64Array, from: number, table: Int32Array, start: number, end: number): number {
  if (end - start <= BLOCK) return sumBlock(memory, from, table, start, end);
  const blocks = Math.ceil((end - start) / BLOCK);
  const middle = start + Math.ceil(blocks / 2) * BLOCK;
  return sumRange(memory, from, table, start, middle) + sumRange(memory, from, table, middle, end);
}

/** Term i goes to accumulator i mod 8. */
function sumBlock(memory: Float64Array, from: number, table: Int32Array, start: number, end: number): number {
  let [s0, s1, s2, s3, s4, s5, s6, s7] = [0, 0, 0, 0, 0, 0, 0, 0];
  let j = start;
  for (; j + 8 <= end; j += 8) {
    s0 += memory[from + table[j]];
    s1 += memory[from + table[j + 1]];
    s2 += memory[from + table[j + 2]];
    s3 += memory[from + table[j + 3]];
    s4 += memory[from + table[j + 4]];
    s5 += memory[from + table[j + 5]];
    s6 += memory[from + table[j + 6]];
    s7 += memory[from + table[j + 7]];
  }
  if (j < end) s0 += memory[from + table[j]];
  if (j + 1 < end) s1 += memory[from + table[j + 1]];
  if (j + 2 < end) s2 += memory[from + table[j + 2]];
  if (j + 3 < end) s3 += memory[from + table[j + 3]];
  if (j + 4 < end) s4 += memory[from + table[j + 4]];
  if (j + 5 < end) s5 += memory[from + table[j + 5]];
  if (j + 6 < end) s6 += memory[from + table[j + 6]];
  return s0 + s2 + (s4 + s6) + (s1 + s3 + (s5 + s7));
}
