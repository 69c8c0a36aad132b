import { fromJsonNumber } from '../../tensors/json-number.ts';
import type { CheckSpec } from '../check-job.ts';
import { planCheck } from '../plan/check-plan.ts';
import { sumCounts } from '../report/fold-report.ts';
import type { PointReport, Report } from '../report/report.ts';
import { combineVerdicts } from '../verdict/verdict.ts';
import { pointLabel } from './point.ts';

/** Puts the reports of a job's points together: see `Report`. @param spec that of the whole job */
export function foldPoints(spec: CheckSpec, reports: readonly Report[]): Report {
  const verdict = combineVerdicts(reports.map((report) => report.verdict));
  const largest = (among: readonly Report[]) => among.reduce((a, b) => (differs(b) > differs(a) ? b : a));
  const worst = largest(reports.filter((report) => report.verdict === verdict));
  const sum = (key: 'evaluations' | 'evaluationsSaved' | 'durationMs') =>
    reports.reduce((total, report) => total + report[key], 0);
  return {
    ...worst,
    relativeDifference: largest(reports).relativeDifference,
    withinTolerance: reports.every(({ withinTolerance }) => withinTolerance),
    components: sumCounts(reports.map(({ components }) => components)),
    plan: planCheck(spec),
    evaluations: sum('evaluations'),
    evaluationsSaved: sum('evaluationsSaved'),
    durationMs: sum('durationMs'),
    worstPoint: reports.indexOf(worst) + 1,
    points: reports.map((report, i) => describePoint(spec, i + 1, report)),
  };
}

function describePoint(spec: CheckSpec, point: number, { settings: _, ...report }: Report): PointReport {
  return { point, ...pointLabel(spec, point), ...report };
}

/** What cannot be told is worse than any number. */
function differs({ relativeDifference }: Report): number {
  const difference = fromJsonNumber(relativeDifference);
  return Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference;
}
