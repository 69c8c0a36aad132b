import type { CheckJob, Parameter } from '../check-job.ts';
import { failuresByAxis } from '../diagnosis/axis-failures.ts';
import { diagnose } from '../diagnosis/diagnose.ts';
import type { DiagnosedParameter } from '../diagnosis/diagnosed-parameter.ts';
import type { SlopeVariant } from '../diagnosis/diagnosis-context.ts';
import { readContext } from '../diagnosis/read-context.ts';
import { reproduction } from '../diagnosis/reproduction.ts';
import { verdictOf } from '../verdict/component-marks.ts';
import type { Conclusions } from '../verdict/conclusions.ts';
import type { ParameterReport, Report, Verdict } from './report.ts';

/**
 * The report with what can be said of why the gradient is wrong. Where parameters were checked along directions that
 * is nothing: causes are told by all components together.
 */
export function addDiagnosis(
  report: Report,
  job: CheckJob,
  conclusions: Conclusions,
  slopeVariants: readonly SlopeVariant[] = [],
): Report {
  if (report.settings.strategy === 'directional')
    return { ...report, parameters: report.parameters.map(addReproductions) };
  const verdicts = new Map(report.parameters.map(({ name, verdict }) => [name, verdict]));
  const parameters = diagnosedParameters(job, verdicts, conclusions);
  const { parameters: diagnoses, ...diagnosis } = diagnose(parameters, readContext(job, slopeVariants));
  const addTo = (parameter: ParameterReport): ParameterReport => {
    const found = diagnoses.get(parameter.name);
    const diagnosed = parameters.find(({ name }) => name === parameter.name);
    if (found === undefined || diagnosed === undefined) return parameter;
    return { ...addReproductions(parameter), diagnoses: found, failures: failuresByAxis(diagnosed) };
  };
  return { ...report, parameters: report.parameters.map(addTo), diagnosis };
}

function addReproductions(parameter: ParameterReport): ParameterReport {
  const worst = parameter.worst.map((component) =>
    component.verdict === 'fail'
      ? { ...component, reproduction: reproduction(parameter.name, component.index) }
      : component,
  );
  return { ...parameter, worst };
}

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
