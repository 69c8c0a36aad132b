import type { PointReport, Report } from '../report/report.ts';
import type { Warning } from '../warnings/warning.ts';
import type { PointLabel } from './point.ts';

/** The report of one point, as that of a job by itself. */
export interface ReportPart {
  /** Undefined where the job has no points and the part is all of the report. */
  readonly label: PointLabel | undefined;
  readonly report: Report;
}

/** The parts of a report: one for each point, in order, or the whole of it. */
export function reportParts(report: Report): readonly ReportPart[] {
  const { points, settings } = report;
  if (points === undefined) return [{ label: undefined, report }];
  return points.map((point) => ({ label: labelOf(point), report: { ...point, settings } }));
}

function labelOf({ point, name }: PointReport): PointLabel {
  return name === undefined ? { point } : { point, name };
}

/** A warning, and the numbers of the points that it was given at; none where the job has no points. */
export interface WarningOfPoints extends Warning {
  readonly points: readonly number[];
}

/** Every warning of a report once, however many points have it. */
export function warningsOfPoints(report: Report): readonly WarningOfPoints[] {
  const found = new Map<string, WarningOfPoints>();
  for (const { label, report: part } of reportParts(report)) {
    for (const warning of part.warnings) {
      const key = `${warning.code} ${warning.message}`;
      const points = found.get(key)?.points ?? [];
      found.set(key, { ...warning, points: label === undefined ? points : [...points, label.point] });
    }
  }
  return [...found.values()];
}

/** `at points 1, 2: `, or nothing for a report without points. */
export function placeOf({ points }: WarningOfPoints): string {
  if (points.length === 0) return '';
  return `at point${points.length === 1 ? '' : 's'} ${points.join(', ')}: `;
}
