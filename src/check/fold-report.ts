import { toJsonNumber } from '../tensors/json-number.ts';
import { addDiagnosis } from './add-diagnosis.ts';
import type { CheckJob } from './check-job.ts';
import { evaluationsSaved, planCheck } from './check-plan.ts';
import type { Conclusions } from './conclusions.ts';
import { evaluationError, largestNoise, type Noise } from './noise/noise.ts';
import { norm } from './norm.ts';
import type { ReportedParameter } from './parameter-report.ts';
import { type ComparedPairs, relativeDifference } from './relative-difference.ts';
import type { ComponentCounts, ParameterReport, Report, Warning } from './report.ts';
import { combineVerdicts } from './verdict.ts';

/** What the stages found, all of it. */
export interface Findings {
  readonly cost: number;
  readonly evaluations: number;
  /** What was concluded of every component. */
  readonly conclusions: Conclusions;
  /** What of the whole gradient was held against each other. */
  readonly compared: ComparedPairs;
  /** Components that the job asks for. */
  readonly components: number;
  /** By parameter of the spec. */
  readonly noise: readonly Noise[];
  readonly parameters: readonly ReportedParameter[];
}

/** Folds the findings into the report. */
export function foldReport(job: CheckJob, findings: Findings, durationMs: number): Report {
  const { settings } = job.spec;
  const parameters = findings.parameters.map(({ report }) => report);
  const components = sumCounts(parameters.map((parameter) => parameter.components));
  const norms = relativeDifference(findings.compared);
  const plan = planCheck(job.spec);
  const report: Report = {
    verdict: combineVerdicts(parameters.map(({ verdict }) => verdict)),
    relativeDifference: toJsonNumber(norms.relativeDifference),
    withinTolerance: norms.relativeDifference <= settings.tolerance,
    cost: toJsonNumber(findings.cost),
    noise: describeNoise(findings, norms.numericNorm + norms.claimedNorm),
    components,
    settings: { ...settings, strategy: plan.strategy },
    parameters,
    warnings: warningsOf(findings.cost, components, parameters),
    plan,
    evaluations: findings.evaluations,
    evaluationsSaved: evaluationsSaved(findings.components, settings.method, findings.evaluations),
    durationMs,
  };
  return report.verdict === 'fail' ? addDiagnosis(report, job, findings.conclusions) : report;
}

function describeNoise({ noise: all, parameters }: Findings, scale: number): Report['noise'] {
  const noise = largestNoise(all);
  const errors = norm((take) => {
    for (const { errorNorm } of parameters) take(errorNorm);
  });
  return {
    deviation: toJsonNumber(noise.deviation),
    scale: toJsonNumber(noise.scale),
    error: toJsonNumber(evaluationError(noise)),
    relativeDifference: toJsonNumber(scale === 0 ? 0 : errors / scale),
  };
}

function sumCounts(counts: readonly ComponentCounts[]): ComponentCounts {
  const sum = (key: keyof ComponentCounts) => counts.reduce((total, each) => total + each[key], 0);
  return {
    total: sum('total'),
    checked: sum('checked'),
    passed: sum('passed'),
    failed: sum('failed'),
    inconclusive: sum('inconclusive'),
    vacuous: sum('vacuous'),
    kinks: sum('kinks'),
    noiseLimited: sum('noiseLimited'),
  };
}

function warningsOf(
  cost: number,
  counts: ComponentCounts,
  parameters: readonly ParameterReport[],
): Warning[] {
  const { total, checked, vacuous, inconclusive, kinks } = counts;
  const warnings: Warning[] = [];
  if (!Number.isFinite(cost)) {
    warnings.push({
      code: 'cost-not-finite',
      message: `J is ${cost} at this point, so no difference of it can be taken`,
    });
  } else if (inconclusive > 0) {
    const message = `${inconclusive} of ${checked} components are undecided: at a kink, or without a finite numeric gradient`;
    warnings.push({ code: 'undecided', message });
  }
  if (kinks > 0) {
    const message = `${kinks} of ${checked} components lie at a kink of J, where it has no derivative`;
    warnings.push({ code: 'kinks', message });
  }
  if (vacuous > 0) {
    warnings.push({
      code: 'dead-components',
      message: `${vacuous} of ${checked} components do not move the cost at this point; their gradients of 0 were not really tested`,
    });
  }
  const directed = parameters.filter(({ directional }) => directional !== undefined);
  if (directed.length > 0) warnings.push(...directionWarnings(directed));
  const together = directed.reduce((sum, { components }) => sum + components.total - components.checked, 0);
  if (checked + together < total) {
    warnings.push({
      code: 'partial-coverage',
      message: `${checked + together} of ${total} components were checked; the verdict is about those alone`,
    });
  }
  return warnings;
}

function directionWarnings(directed: readonly ParameterReport[]): Warning[] {
  const names = (list: readonly ParameterReport[]) => list.map(({ name }) => name).join(', ');
  const warnings: Warning[] = [
    {
      code: 'along-directions',
      message: `checked along directions, not component by component: ${names(directed)}; canMiss says of each what may be wrong all the same`,
    },
  ];
  const unlocated = directed.filter(
    ({ verdict, directional }) => verdict === 'inconclusive' && directional?.explained === false,
  );
  if (unlocated.length > 0) {
    warnings.push({
      code: 'not-localised',
      message: `the gradients disagree along a direction, but no component could be called wrong by itself: ${names(unlocated)}`,
    });
  }
  return warnings;
}
