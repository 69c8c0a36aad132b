/** What moves entries without computing. Bits are kept as they are. */
export interface MovementKernels {
  /** to[i,j] = from[i,j]; no overlap. A transposition has `fromRow` and `fromColumn` swapped. */
  copy(
    rows: number,
    columns: number,
    from: number,
    fromRow: number,
    fromColumn: number,
    to: number,
    toRow: number,
    toColumn: number,
  ): void;
  /** to[i] = value */
  fill(count: number, value: number, to: number, stride: number): void;
  /** out[i,j] = a[i,j] where condition[i,j] is not 0, else b[i,j]. */
  select(
    rows: number,
    columns: number,
    condition: number,
    conditionRow: number,
    conditionColumn: number,
    a: number,
    aRow: number,
    aColumn: number,
    b: number,
    bRow: number,
    bColumn: number,
    out: number,
    outRow: number,
    outColumn: number,
  ): void;
}
