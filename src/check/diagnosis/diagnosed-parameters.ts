import type { CheckJob, Parameter } from '../check-job.ts';
import type { Verdict } from '../report/report.ts';
import { verdictOf } from '../verdict/component-marks.ts';
import type { Conclusions } from '../verdict/conclusions.ts';
import type { DiagnosedParameter } from './diagnosed-parameter.ts';

/** @param verdicts of the parameters that were checked, by name */
export function diagnosedParameters(
  job: CheckJob,
  verdicts: ReadonlyMap<string, Verdict>,
  conclusions: Conclusions,
): readonly DiagnosedParameter[] {
  const decided = { ...conclusions, numeric: decidingValues(conclusions) };
  return job.spec.parameters.flatMap((parameter) => {
    const verdict = verdicts.get(parameter.name);
    return verdict === undefined ? [] : [diagnosedParameter(job, decided, parameter, verdict)];
  });
}

function diagnosedParameter(
  { theta, claimed }: CheckJob,
  { numeric, bounds, marks }: Conclusions,
  { name, shape, offset, size }: Parameter,
  verdict: Verdict,
): DiagnosedParameter {
  const failed = new Uint8Array(size);
  for (let i = 0; i < size; i++) if (verdictOf(marks[offset + i]) === 'fail') failed[i] = 1;
  return {
    name,
    shape,
    verdict,
    failed,
    theta: theta.subarray(offset, offset + size),
    claimed: claimed.subarray(offset, offset + size),
    numeric: numeric.subarray(offset, offset + size),
    bound: (i) => bounds[offset + i],
  };
}

/** The numeric values by which the components were judged: those of a second look, where there was one. */
function decidingValues({ numeric, refinements }: Conclusions): Float64Array {
  if (refinements.size === 0) return numeric;
  const deciding = numeric.slice();
  for (const [component, refined] of refinements) deciding[component] = refined.numeric;
  return deciding;
}
