import type { TensorStore } from './store/tensor-store.ts';

/** Float64s of a job: few are kept in a row of the job's own, many as a tensor of a `TensorStore`. */
export type Numbers =
  | { readonly kind: 'inline'; readonly values: Float64Array }
  | { readonly kind: 'tensor'; readonly id: string };

/**
 * Numbers of up to so many bytes are kept inline. A tensor takes a hash and four statements more, which for small jobs
 * is most of the work of storing them; equal ones are kept once, which pays for large ones.
 */
export const INLINE_BYTES = 1 << 14;

/** Some of the numbers, fewer at the end. @returns undefined when the tensor is gone. */
export async function sliceNumbers(
  numbers: Numbers,
  tensors: TensorStore,
  start: number,
  count: number,
): Promise<Float64Array | undefined> {
  return numbers.kind === 'inline'
    ? numbers.values.subarray(start, start + count)
    : tensors.slice(numbers.id, start, count);
}
