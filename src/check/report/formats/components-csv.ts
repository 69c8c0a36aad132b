import type { CheckJob } from '../../check-job.ts';
import { methodValues } from '../../comparison/method-value.ts';
import { selectedRuns } from '../../plan/selection.ts';
import { readMark, UNCHECKED } from '../../verdict/component-marks.ts';
import type { Conclusions } from '../../verdict/conclusions.ts';
import { listedComponent } from '../listed-component.ts';
import { csvHead, csvLine } from './component-csv.ts';

/** Components turned into text at once. */
const PIECE = 4096;

/** Every checked component of a job at hand as CSV, piece by piece. */
export function* componentsCsv({ spec, claimed }: CheckJob, conclusions: Conclusions): Generator<string> {
  const { numeric, bounds, marks, refinements } = conclusions;
  const { settings } = spec;
  yield csvHead(settings.compareMethods ?? []);
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
      lines.push(csvLine(listedComponent(spec.parameters[parameter], component, values, refined)));
      if (lines.length < PIECE) continue;
      yield lines.join('');
      lines = [];
    }
  }
  if (lines.length > 0) yield lines.join('');
}
