/*
 * Kernels compute with pairs of float64s only. The last entry of an odd run goes through the same instructions with
 * a zero beside it, so that its bits are those it would have anywhere else. Addresses and strides are in bytes here
 * and inside every kernel; the module's exports take them in float64s and turn them into bytes first.
 */

/** Bytes of one float64, and of a pair. */
export const FLOAT: usize = 8;
export const PAIR: usize = 16;

@inline
export function bytes(floats: usize): usize {
  return floats << 3;
}

/** One float64 and a zero beside it. */
@inline
export function loadOne(from: usize): v128 {
  return v128.load64_zero(from);
}

@inline
export function storeOne(to: usize, value: v128): void {
  v128.store64_lane(to, value, 0);
}

/** Two float64s that lie `stride` apart. */
@inline
export function gather(from: usize, stride: usize): v128 {
  return v128.load64_lane(from + stride, v128.load64_zero(from), 1);
}

@inline
export function scatter(to: usize, stride: usize, value: v128): void {
  v128.store64_lane(to, value, 0);
  v128.store64_lane(to + stride, value, 1);
}
