/** Runs up to this length are summed in a row. */
const RUN = 64;

/** Σ a[i]·b[i] for i < count, by halves: the order depends on `count` alone, and the rounding error grows with its logarithm. */
export function pairwiseDot(a: Float64Array, b: Float64Array, count: number): number {
  return dotRange(a, b, 0, count);
}

function dotRange(a: Float64Array, b: Float64Array, start: number, end: number): number {
  if (end - start <= RUN) {
    let total = 0;
    for (let i = start; i < end; i++) total += a[i] * b[i];
    return total;
  }
  const middle = (start + end) >>> 1;
  return dotRange(a, b, start, middle) + dotRange(a, b, middle, end);
}
