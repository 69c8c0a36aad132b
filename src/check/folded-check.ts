import type { Piecewise } from './piecewise.ts';
import type { PointSequence } from './points/point-sequence.ts';
import type { Verdict } from './report/report.ts';
import { packGradients } from './verdict/stored-gradient.ts';

/** What a check has come to, as it is kept and sent from one thread to another. */
export interface FoldedCheck {
  readonly verdict: Verdict;
  /** The JSON text of the report. */
  readonly report: string;
  /** What was concluded of every component, as `packGradients` packs it. */
  readonly numeric: Float64Array;
}

/** Folds a check whose points are all finished, piece by piece. */
export function* foldCheck(points: PointSequence): Piecewise<FoldedCheck> {
  const report = points.report();
  const numeric = yield* packGradients(points.conclusions);
  return { verdict: report.verdict, report: JSON.stringify(report), numeric };
}
