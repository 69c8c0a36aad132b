/** A table of text: for a terminal or for a Markdown document. */
export interface Table {
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Sentences that belong under it. */
  readonly notes?: readonly string[];
}

export function formatTable(table: Table, markdown: boolean): string {
  return markdown ? asMarkdown(table) : asText(table);
}

function asMarkdown({ title, head, rows, notes = [] }: Table): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const table = [line(head), line(head.map(() => '---')), ...rows.map(line)];
  return [`### ${title}`, table.join('\n'), ...notes].join('\n\n');
}

function asText({ title, head, rows, notes = [] }: Table): string {
  const widths = head.map((_, column) => Math.max(...[head, ...rows].map((row) => row[column].length)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => (isFigure(cell) ? cell.padStart(widths[column]) : cell.padEnd(widths[column])))
      .join('  ')
      .trimEnd();
  return [
    title,
    line(head),
    line(widths.map((width) => '─'.repeat(width))),
    ...rows.map(line),
    ...notes,
  ].join('\n');
}

function isFigure(cell: string): boolean {
  return /^[\d≈]/.test(cell);
}

/** Three significant digits, thousands parted. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const rounded = Number(value.toPrecision(3));
  return rounded.toLocaleString('en', { maximumSignificantDigits: 3 });
}

/** A length of time in the unit that reads best. */
export function duration(seconds: number): string {
  if (seconds < 1) return `${figure(seconds * 1000)} ms`;
  if (seconds < 600) return `${figure(seconds)} s`;
  return seconds < 36_000 ? `${figure(seconds / 60)} min` : `${figure(seconds / 3600)} h`;
}

export function mebibytes(bytes: number): string {
  return `${figure(bytes / 2 ** 20)} MiB`;
}
