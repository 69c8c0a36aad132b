/** out[i] = f(a[i,:]) */
export type RowReduction = (
  rows: number,
  columns: number,
  a: number,
  aRow: number,
  aColumn: number,
  out: number,
  outStride: number,
) => void;

/** out[i] = f(a[i,:], b[i,:]) */
export type PairedRowReduction = (
  rows: number,
  columns: number,
  a: number,
  aRow: number,
  aColumn: number,
  b: number,
  bRow: number,
  bColumn: number,
  out: number,
  outStride: number,
) => void;

/** out[j] = f(a[:,j]), j < columns; the rows of `a`, and `out`, have stride 1. */
export type ColumnReduction = (rows: number, columns: number, a: number, aRow: number, out: number) => void;

/** out[i,j] from every entry of row i, or of column j; rows have stride 1. `out` may be `a`. */
export type LineKernel = (
  rows: number,
  columns: number,
  a: number,
  aRow: number,
  out: number,
  outRow: number,
) => void;

/**
 * Sums in an order that depends on their length alone: up to 256 terms, term i goes to accumulator i mod 8, and the
 * accumulators are folded as ((s₀ + s₂) + (s₄ + s₆)) + ((s₁ + s₃) + (s₅ + s₇)); more terms are cut after half their
 * blocks of 256, rounded up, and the two sums added. Rows, columns and strided runs of the same terms have the same
 * sum to the last bit.
 */
export interface SumKernels {
  /** Σ a[i] */
  sum(count: number, a: number, aStride: number): number;
  /** Σ a[i]·b[i] */
  dot(count: number, a: number, aStride: number, b: number, bStride: number): number;
  /** Σ (a[i] − b[i]) */
  sumOfDifferences(count: number, a: number, aStride: number, b: number, bStride: number): number;
  readonly sumRows: RowReduction;
  readonly sumColumns: ColumnReduction;
  readonly dotRows: PairedRowReduction;
  readonly sumRowsOfDifferences: PairedRowReduction;
}

/** Along lines of at least one entry. Rows and columns of the same entries give the same bits. */
export interface LineKernels {
  /** NaN where the line has one. */
  readonly maxRows: RowReduction;
  readonly maxColumns: ColumnReduction;
  readonly minRows: RowReduction;
  readonly minColumns: ColumnReduction;
  readonly softmaxRows: LineKernel;
  readonly softmaxColumns: LineKernel;
  readonly logSoftmaxRows: LineKernel;
  readonly logSoftmaxColumns: LineKernel;
  /** out[i] = log Σⱼ e^a[i,j]; an infinite largest entry is the result. */
  logSumExpRows(rows: number, columns: number, a: number, aRow: number, out: number, outStride: number): void;
  readonly logSumExpColumns: ColumnReduction;
}

export interface ComparisonKernels {
  /** 0 when each a[i] and b[i] are both negative, both zero of any sign, or both positive; else, as for NaN, 1. Runs. */
  signsDiffer(count: number, a: number, b: number): 0 | 1;
  /**
   * 1 when a column of two stacks of matrices, each [blocks × rows × columns] without gaps, has its largest entry
   * (`largest` 1; else its smallest) in another row. Of equal entries the first counts, before all the first NaN.
   */
  choicesDiffer(blocks: number, rows: number, columns: number, a: number, b: number, largest: 0 | 1): 0 | 1;
}
