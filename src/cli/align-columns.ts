export type Alignment = 'left' | 'right';

/** Pads the cells of every column to its widest cell; rows keep their order. One row's cells are as many as `alignments`. */
export function alignColumns(
  rows: readonly (readonly string[])[],
  alignments: readonly Alignment[],
): string[][] {
  const widths = alignments.map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) =>
    row.map((cell, column) =>
      alignments[column] === 'left' ? cell.padEnd(widths[column]) : cell.padStart(widths[column]),
    ),
  );
}
