/*
 * The order of every sum, a function of its length alone:
 *
 * - up to 256 terms, term i goes to accumulator i mod 8; the accumulators s₀ … s₇ start at 0 and are folded as
 *   ((s₀ + s₂) + (s₄ + s₆)) + ((s₁ + s₃) + (s₅ + s₇));
 * - more terms are cut after half their blocks of 256, rounded up, and the two sums added.
 *
 * The rounding error grows with 32 + log₂(n/256) instead of n (Higham, Accuracy and Stability of Numerical
 * Algorithms, 2nd ed., section 4.2).
 */

const BLOCK: usize = 256;

/** Terms of the first of the two sums that a longer sum is cut into. */
@inline
function firstPart(count: usize): usize {
  const blocks = (count + BLOCK - 1) / BLOCK;
  return ((blocks + 1) >> 1) * BLOCK;
}

/** Σ of `count` terms T; `b` and `shift` are there for the terms that want them. */
export function total<T>(count: usize, a: usize, aStride: usize, b: usize, bStride: usize, shift: v128): f64 {
  if (count <= BLOCK) return blockTotal<T>(count, a, aStride, b, bStride, shift);
  const first = firstPart(count);
  const rest = total<T>(count - first, a + first * aStride, aStride, b + first * bStride, bStride, shift);
  return total<T>(first, a, aStride, b, bStride, shift) + rest;
}

/* The accumulators change places at every step, so that the loop has one body; at the end they are put back. */

@inline
function blockTotal<T>(count: usize, a: usize, aStride: usize, b: usize, bStride: usize, shift: v128): f64 {
  const term = changetype<T>(0);
  let s01 = f64x2.splat(0);
  let s23 = f64x2.splat(0);
  let s45 = f64x2.splat(0);
  let s67 = f64x2.splat(0);
  let steps = count >> 1;
  for (let i: usize = 0; i < steps; i++) {
    const added = f64x2.add(s01, term.pair(a, aStride, b, bStride, shift));
    s01 = s23;
    s23 = s45;
    s45 = s67;
    s67 = added;
    a += 2 * aStride;
    b += 2 * bStride;
  }
  if (count & 1) {
    const added = f64x2.add(s01, f64x2.replace_lane(term.one(a, b, shift), 1, 0));
    s01 = s23;
    s23 = s45;
    s45 = s67;
    s67 = added;
    steps++;
  }
  for (; steps & 3; steps++) {
    const moved = s01;
    s01 = s23;
    s23 = s45;
    s45 = s67;
    s67 = moved;
  }
  const folded = f64x2.add(f64x2.add(s01, s23), f64x2.add(s45, s67));
  return f64x2.extract_lane(folded, 0) + f64x2.extract_lane(folded, 1);
}

/** Σ over `count` rows of the terms T of two neighbouring columns, or of one when not `two`, in the same order. */
export function columnTotal<T>(count: usize, a: usize, aRow: usize, two: bool, shift: v128): v128 {
  if (count <= BLOCK) return columnBlockTotal<T>(count, a, aRow, two, shift);
  const first = firstPart(count);
  const rest = columnTotal<T>(count - first, a + first * aRow, aRow, two, shift);
  return f64x2.add(columnTotal<T>(first, a, aRow, two, shift), rest);
}

@inline
function columnBlockTotal<T>(count: usize, a: usize, aRow: usize, two: bool, shift: v128): v128 {
  const term = changetype<T>(0);
  let s0 = f64x2.splat(0);
  let s1 = f64x2.splat(0);
  let s2 = f64x2.splat(0);
  let s3 = f64x2.splat(0);
  let s4 = f64x2.splat(0);
  let s5 = f64x2.splat(0);
  let s6 = f64x2.splat(0);
  let s7 = f64x2.splat(0);
  for (let i: usize = 0; i < count; i++) {
    const added = f64x2.add(s0, term.column(a, two, shift));
    s0 = s1;
    s1 = s2;
    s2 = s3;
    s3 = s4;
    s4 = s5;
    s5 = s6;
    s6 = s7;
    s7 = added;
    a += aRow;
  }
  for (let i = count; i & 7; i++) {
    const moved = s0;
    s0 = s1;
    s1 = s2;
    s2 = s3;
    s3 = s4;
    s4 = s5;
    s5 = s6;
    s6 = s7;
    s7 = moved;
  }
  const even = f64x2.add(f64x2.add(s0, s2), f64x2.add(s4, s6));
  const odd = f64x2.add(f64x2.add(s1, s3), f64x2.add(s5, s7));
  return f64x2.add(even, odd);
}
