/** out[i] = f(x[i]). `out` may be `x`. */
export type UnaryKernel = (count: number, x: number, xStride: number, out: number, outStride: number) => void;

/** out[i] = f(x[i], factor). `out` may be `x`. */
export type ScalingKernel = (
  count: number,
  x: number,
  xStride: number,
  factor: number,
  out: number,
  outStride: number,
) => void;

/**
 * out[i,j] = f(a[i,j], b[i,j]). `out` may be `a` or `b` with the same strides. Strides of 0 broadcast: one number
 * (`bRow` and `bColumn` 0), one row (`bRow` 0), or one number per row (`bColumn` 0).
 */
export type BinaryKernel = (
  rows: number,
  columns: number,
  a: number,
  aRow: number,
  aColumn: number,
  b: number,
  bRow: number,
  bColumn: number,
  out: number,
  outRow: number,
  outColumn: number,
) => void;

/**
 * Functions of one number, and their largest error in units in the last place, over 60,000 points for each of the
 * transcendental ones (test/kernels/data/reference.py):
 *
 * | exp | expm1 | log | log1p | tanh | sigmoid | softplus | erf | sqrt, reciprocal, square |
 * | 0.65 | 1.06 | 0.76 | 0.77 | 1.41 | 1.07 | 1.54 | 1.30 | 0.5 |
 */
export interface UnaryKernels {
  readonly exp: UnaryKernel;
  readonly expm1: UnaryKernel;
  readonly log: UnaryKernel;
  readonly log1p: UnaryKernel;
  readonly tanh: UnaryKernel;
  /** 1 / (1 + e⁻ˣ) */
  readonly sigmoid: UnaryKernel;
  /** log(1 + eˣ) */
  readonly softplus: UnaryKernel;
  readonly erf: UnaryKernel;
  readonly sqrt: UnaryKernel;
  readonly square: UnaryKernel;
  readonly reciprocal: UnaryKernel;
  readonly abs: UnaryKernel;
  readonly negate: UnaryKernel;
  /** −1, 0 or 1; a zero keeps its sign. */
  readonly sign: UnaryKernel;
  /** x where x > 0, else +0. */
  readonly relu: UnaryKernel;
  /** x where x > 0, else factor·x. */
  readonly leakyRelu: ScalingKernel;
  /** factor·x */
  readonly scale: ScalingKernel;
}

export interface BinaryKernels {
  readonly add: BinaryKernel;
  readonly subtract: BinaryKernel;
  readonly multiply: BinaryKernel;
  readonly divide: BinaryKernel;
  /** As Math.max: NaN when either is, and 0 above −0. */
  readonly maximum: BinaryKernel;
  readonly minimum: BinaryKernel;
  /** Comparisons give 1 or 0. */
  readonly less: BinaryKernel;
  readonly lessOrEqual: BinaryKernel;
  readonly equal: BinaryKernel;
  readonly notEqual: BinaryKernel;
}
