import type { CheckJob } from '../../check-job.ts';
import { methodValues } from '../../comparison/method-value.ts';
import { selectedRuns } from '../../plan/selection.ts';
import { jobAt, pointLabel } from '../../points/point.ts';
import { readMark, UNCHECKED } from '../../verdict/component-marks.ts';
import type { Conclusions } from '../../verdict/conclusions.ts';
import { listedComponent } from '../listed-component.ts';
import { ComponentCsv } from './component-csv.ts';

/** Components turned into text at once. */
const PIECE = 4096;

/**
 * Every checked component of a job at hand as CSV, piece by piece.
 * @param conclusions of each of its points
 */
export function* componentsCsv(job: CheckJob, conclusions: readonly Conclusions[]): Generator<string> {
  const csv = new ComponentCsv(job.spec.points !== undefined, job.spec.settings.compareMethods ?? []);
  yield csv.head;
  for (const [i, ofPoint] of conclusions.entries()) {
    const point = pointLabel(job.spec, i + 1)?.point;
    yield* linesOf(csv, jobAt(job, i + 1), ofPoint, point);
  }
}

function* linesOf(
  csv: ComponentCsv,
  { spec, claimed }: CheckJob,
  conclusions: Conclusions,
  point: number | undefined,
): Generator<string> {
  const { numeric, bounds, marks, refinements } = conclusions;
  const { settings } = spec;
  let lines: string[] = [];
  for (const { parameter, start, count } of selectedRuns(spec)) {
    for (let component = start; component < start + count; component++) {
      if (marks[component] === UNCHECKED) continue;
      const values = {
        claimed: claimed[component],
        numeric: numeric[component],
        bound: bounds[component],
        ...readMark(marks[component]),
        compared: methodValues(settings, conclusions.compared, component),
      };
      const refined = refinements.get(component);
      lines.push(csv.line(listedComponent(spec.parameters[parameter], component, values, refined, point)));
      if (lines.length < PIECE) continue;
      yield lines.join('');
      lines = [];
    }
  }
  if (lines.length > 0) yield lines.join('');
}
