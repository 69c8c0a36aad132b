import { failuresByAxis } from '../diagnosis/axis-failures.ts';
import type { Inquiry } from '../diagnosis/inquiry.ts';
import { reproduction } from '../diagnosis/reproduction.ts';
import type { ParameterReport, Report } from './report.ts';

/**
 * The report with what was found out of why the gradient is wrong. Where parameters were checked along directions
 * that is nothing: causes are told by all components together.
 */
export function addDiagnosis(report: Report, inquiry: Inquiry | undefined): Report {
  if (inquiry === undefined) return { ...report, parameters: report.parameters.map(addReproductions) };
  const { parameters: diagnoses, ...diagnosis } = inquiry.diagnosis;
  const addTo = (parameter: ParameterReport): ParameterReport => {
    const found = diagnoses.get(parameter.name);
    const diagnosed = inquiry.parameters.find(({ name }) => name === parameter.name);
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
