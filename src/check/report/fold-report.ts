import { toJsonNumber } from '../../tensors/json-number.ts';
import type { CheckJob } from '../check-job.ts';
import { combineComparisons, describeComparison } from '../comparison/method-comparison.ts';
import type { Inquiry } from '../diagnosis/inquiry.ts';
import { evaluationError, largestNoise, type Noise } from '../noise/noise.ts';
import { evaluationsSaved, planCheck } from '../plan/check-plan.ts';
import type { CheckSettings } from '../settings.ts';
import type { Conclusions } from '../verdict/conclusions.ts';
import { norm } from '../verdict/norm.ts';
import { combineDifferences, type RelativeDifference } from '../verdict/relative-difference.ts';
import { combineVerdicts } from '../verdict/verdict.ts';
import type { PointTraits } from '../warnings/point-traits.ts';
import { warningsOf } from '../warnings/warnings.ts';
import { addDiagnosis } from './add-diagnosis.ts';
import { explainNoise } from './explain-noise.ts';
import type { ReportedParameter } from './parameter-report.ts';
import type { ComponentCounts, Report } from './report.ts';

/** What the stages found, all of it. */
export interface Findings {
  readonly cost: number;
  readonly evaluations: number;
  /** What was concluded of every component. */
  readonly conclusions: Conclusions;
  /** Components that the job asks for. */
  readonly components: number;
  /** By parameter of the spec. */
  readonly noise: readonly Noise[];
  readonly traits: PointTraits;
  readonly parameters: readonly ReportedParameter[];
  /** Of a wrong gradient whose causes were looked for. */
  readonly inquiry: Inquiry | undefined;
}

/** Folds the findings into the report. */
export function foldReport(job: CheckJob, findings: Findings, durationMs: number): Report {
  const { settings } = job.spec;
  const parameters = findings.parameters.map(({ report }) => report);
  const components = sumCounts(parameters.map((parameter) => parameter.components));
  const norms = combineDifferences(findings.parameters.map((parameter) => parameter.norms));
  const compared = combineComparisons(findings.parameters.map((parameter) => parameter.compared));
  const plan = planCheck(job.spec);
  const bare: Report = {
    verdict: combineVerdicts(parameters.map(({ verdict }) => verdict)),
    relativeDifference: toJsonNumber(norms.relativeDifference),
    withinTolerance: norms.relativeDifference <= settings.tolerance,
    cost: toJsonNumber(findings.cost),
    noise: describeNoise(settings, findings, norms),
    components,
    ...(compared.length === 0 ? {} : { compared: compared.map(describeComparison) }),
    settings: { ...settings, strategy: plan.strategy },
    parameters,
    warnings: [],
    plan,
    evaluations: findings.evaluations,
    evaluationsSaved: evaluationsSaved(findings.components, settings, findings.evaluations),
    durationMs,
  };
  const { traits, conclusions } = findings;
  const warnings = warningsOf({ report: bare, traits, conclusions, spec: job.spec });
  const report = { ...bare, warnings };
  return report.verdict === 'fail' ? addDiagnosis(report, findings.inquiry) : report;
}

function describeNoise(
  settings: CheckSettings,
  { noise: all, parameters }: Findings,
  norms: RelativeDifference,
): Report['noise'] {
  const noise = largestNoise(all);
  const roundings = norm((take) => {
    for (const { roundingNorm } of parameters) take(roundingNorm);
  });
  const scale = norms.numericNorm + norms.claimedNorm;
  const byNoise = scale === 0 ? 0 : roundings / scale;
  return {
    deviation: toJsonNumber(noise.deviation),
    scale: toJsonNumber(noise.scale),
    error: toJsonNumber(evaluationError(noise)),
    relativeDifference: toJsonNumber(byNoise),
    explanation: explainNoise(settings, byNoise, norms.relativeDifference),
  };
}

/** The counts of several, all together. */
export function sumCounts(counts: readonly ComponentCounts[]): ComponentCounts {
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
