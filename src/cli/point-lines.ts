import { pointTitle } from '../check/points/point.ts';
import { type ReportPart, reportParts } from '../check/points/report-parts.ts';
import type { Report } from '../check/report/report.ts';
import { type Alignment, alignColumns } from './align-columns.ts';
import { colored, digits, printable } from './table-text.ts';

/** How many points are told of in detail. */
const MOST_DETAILED = 5;

/** A line for each point of a job. */
export function pointLines(report: Report, color: boolean): string[] {
  const parts = reportParts(report);
  const head = ['point', 'name', 'verdict', 'relative difference', 'J', 'failed', 'not passed'];
  const alignments: Alignment[] = ['right', 'left', 'left', 'right', 'right', 'right', 'left'];
  const rows = parts.map(({ label, report: part }) => [
    String(label?.point ?? ''),
    printable(label?.name ?? ''),
    part.verdict,
    digits(part.relativeDifference, 3),
    digits(part.cost, 8),
    `${part.components.failed} of ${part.components.checked}`,
    part.parameters
      .filter(({ verdict }) => verdict !== 'pass')
      .map(({ name }) => printable(name))
      .join(', '),
  ]);
  const [first, ...rest] = alignColumns([head, ...rows], alignments);
  return [
    first.join('  '),
    ...rest.map((cells, i) => cells.with(2, colored(cells[2], parts[i].report.verdict, color)).join('  ')),
  ];
}

/** The first points that did not pass, and how many more there are. */
export function detailedPoints(parts: readonly ReportPart[]): {
  readonly shown: readonly { readonly title: string; readonly report: Report }[];
  readonly left: number;
} {
  const notPassed = parts.filter(({ report }) => report.verdict !== 'pass');
  const shown = notPassed.slice(0, MOST_DETAILED).map(({ label, report }) => ({
    title: label === undefined ? '' : printable(pointTitle(label)),
    report,
  }));
  return { shown, left: notPassed.length - shown.length };
}
