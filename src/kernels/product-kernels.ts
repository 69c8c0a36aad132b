export interface ProductKernels {
  /**
   * C[rows×columns] = A[rows×depth]·B[depth×columns], or C += A·B when `accumulate` is 1. An entry is
   * ((start + a₀b₀) + a₁b₁) + …, each product and sum rounded, in the order of the depth, whatever the sizes. A
   * transposed factor has its strides swapped; C's rows have stride 1. C overlaps neither A, B nor the scratch.
   */
  multiplyMatrices(
    rows: number,
    columns: number,
    depth: number,
    a: number,
    aRow: number,
    aColumn: number,
    b: number,
    bRow: number,
    bColumn: number,
    c: number,
    cRow: number,
    accumulate: 0 | 1,
    scratch: number,
  ): void;
  /** float64s of scratch that `multiplyMatrices` needs for these sizes: 0 for small ones, never over 100,000. */
  multiplyMatricesScratch(rows: number, columns: number, depth: number): number;
  /** out[i,j] = base[i,j] + (alpha·x[i])·y[j]. `out` may be `base`; the rows of both have stride 1. */
  addOuter(
    rows: number,
    columns: number,
    alpha: number,
    x: number,
    xStride: number,
    y: number,
    yStride: number,
    base: number,
    baseRow: number,
    out: number,
    outRow: number,
  ): void;
  /** out[i] = base[i] + alpha·x[i]. `out` may be `base`. */
  addScaledColumn(
    count: number,
    alpha: number,
    x: number,
    xStride: number,
    base: number,
    baseStride: number,
    out: number,
    outStride: number,
  ): void;
}
