import { toJsonNumber } from '../../tensors/json-number.ts';
import { unravel } from '../../tensors/tensor.ts';
import type { Parameter } from '../check-job.ts';
import { type ComparedMethod, describeComparison } from '../comparison/method-comparison.ts';
import { methodValues } from '../comparison/method-value.ts';
import type { Piecewise } from '../piecewise.ts';
import type { ComponentRun } from '../plan/selection.ts';
import type { CheckSettings, Strategy } from '../settings.ts';
import type { AuditFinding } from '../sweep/audit.ts';
import { shownBound } from '../verdict/conclusions.ts';
import type { RelativeDifference } from '../verdict/relative-difference.ts';
import type { ComponentVerdict } from '../verdict/verdict.ts';
import type { ComponentReport, ParameterReport } from './report.ts';
import { Tally, type TallyParts } from './tally.ts';

/** What is known of a parameter's components once they are all checked. */
export interface ParameterFindings extends TallyParts {
  readonly parameter: Parameter;
  readonly settings: CheckSettings;
  /** Its checked components. */
  readonly runs: readonly ComponentRun[];
  readonly strategy: Strategy;
  readonly audit: AuditFinding | undefined;
  /** By each of `compareMethods`. */
  readonly compared: readonly ComparedMethod[];
}

/** A parameter's report, and what the job's is made of. */
export interface ReportedParameter {
  readonly report: ParameterReport;
  readonly norms: RelativeDifference;
  /** ‖R‖₂ over its components: how far rounding alone, with the step that was asked for, may have moved its numeric gradient. */
  readonly roundingNorm: number;
  readonly compared: readonly ComparedMethod[];
}

/** Judges the components of a parameter and reports on them, piece by piece. */
export function* reportParameter(findings: ParameterFindings): Piecewise<ReportedParameter> {
  const { parameter, runs, judgement, claimed, strategy, audit, compared } = findings;
  const tally = new Tally(findings);
  for (const run of runs) yield* tally.addRun(run);
  const norms = tally.norms();
  const report: ParameterReport = {
    name: parameter.name,
    shape: parameter.shape,
    verdict: tally.verdict(norms.numericNorm),
    relativeDifference: toJsonNumber(norms.relativeDifference),
    strategy,
    precision: judgement.precision.dtype,
    detectable: toJsonNumber(shownBound(tally.detectable)),
    ...(audit === undefined ? {} : { audit: describeAudit(audit) }),
    components: tally.componentCounts(parameter.size),
    maxError: toJsonNumber(tally.errors.largest),
    claimedNorm: toJsonNumber(norms.claimedNorm),
    numericNorm: toJsonNumber(norms.numericNorm),
    ...(compared.length === 0 ? {} : { compared: compared.map(describeComparison) }),
    histogram: tally.errors.histogram(),
    worst: tally.worst.list().map(({ component, judged }) => {
      const index = unravel(component - parameter.offset, parameter.shape);
      return reportComponent(index, component, claimed[component], judged, findings);
    }),
  };
  return { report, norms, roundingNorm: tally.roundingNorm, compared };
}

function describeAudit({ components, maxDifference, bound, agreed }: AuditFinding) {
  return { components, maxDifference: toJsonNumber(maxDifference), bound: toJsonNumber(bound), agreed };
}

function reportComponent(
  index: readonly number[],
  component: number,
  claimed: number,
  { verdict, bound, flags }: ComponentVerdict,
  { conclusions, settings }: ParameterFindings,
): ComponentReport {
  const { numeric, refinements, compared } = conclusions;
  const refined = refinements.get(component);
  const byMethod = methodValues(settings, compared, component);
  return {
    index,
    claimed: toJsonNumber(claimed),
    numeric: toJsonNumber(numeric[component]),
    bound: toJsonNumber(shownBound(bound)),
    verdict,
    flags,
    ...(refined === undefined ? {} : { refined: describeRefinement(refined) }),
    ...(byMethod === undefined ? {} : { compared: byMethod }),
  };
}

/** A second look as reports and component lists show it. */
export function describeRefinement(refined: { numeric: number; step: number; bound: number }) {
  const { numeric, step, bound } = refined;
  return { numeric: toJsonNumber(numeric), step, bound: toJsonNumber(bound) };
}
