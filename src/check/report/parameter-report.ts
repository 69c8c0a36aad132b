import { toJsonNumber } from '../../tensors/json-number.ts';
import { unravel } from '../../tensors/tensor.ts';
import type { Parameter } from '../check-job.ts';
import { type ComparedMethod, describeComparison } from '../comparison/method-comparison.ts';
import { methodValues } from '../comparison/method-value.ts';
import type { Piecewise } from '../piecewise.ts';
import type { ComponentRun } from '../plan/selection.ts';
import type { CheckSettings, Strategy } from '../settings.ts';
import type { AuditFinding } from '../sweep/audit.ts';
import { markOf, PLAIN_PASS } from '../verdict/component-marks.ts';
import { type Conclusions, shownBound } from '../verdict/conclusions.ts';
import { BLOCK, Norm } from '../verdict/norm.ts';
import type { ParameterJudgement } from '../verdict/parameter-judgement.ts';
import { Comparison, type RelativeDifference } from '../verdict/relative-difference.ts';
import type { ComponentVerdict } from '../verdict/verdict.ts';
import type { ComponentCounts, ComponentReport, ParameterReport, Verdict } from './report.ts';
import { type RankedComponent, relativeError, WorstComponents } from './worst-components.ts';

/** Worst components that a report lists of each parameter. */
const WORST = 10;

/** Undecided components whose errors together are below such a share of the parameter's norm leave it decided. */
const UNDECIDED_SHARE = 1e-3;

/** Blocks of components that are judged between two stops: a few milliseconds of work. */
const BLOCKS_AT_ONCE = 8;

/** Edges of the histogram of relative errors: one bin for 0 … 1e-12, then one a decade. */
const EDGES = [0, ...Array.from({ length: 13 }, (_, i) => 10 ** (i - 12)), 10];

/** What is known of a parameter's components once they are all checked. */
export interface ParameterFindings {
  readonly parameter: Parameter;
  readonly settings: CheckSettings;
  /** Its checked components. */
  readonly runs: readonly ComponentRun[];
  readonly judgement: ParameterJudgement;
  /** Of the job; bounds and marks of this parameter's components are written here. */
  readonly conclusions: Conclusions;
  /** The claimed gradient of the job. */
  readonly claimed: Float64Array;
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
    maxError: toJsonNumber(tally.maxError),
    claimedNorm: toJsonNumber(norms.claimedNorm),
    numericNorm: toJsonNumber(norms.numericNorm),
    ...(compared.length === 0 ? {} : { compared: compared.map(describeComparison) }),
    histogram: { edges: EDGES, counts: [...tally.histogram] },
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

interface JudgedComponent extends RankedComponent {
  readonly judged: ComponentVerdict;
}

/** What is counted over the components of one parameter. */
class Tally {
  readonly counts: Record<Verdict, number> = { pass: 0, fail: 0, inconclusive: 0 };
  readonly flagged = {
    vacuous: 0,
    kink: 0,
    'noise-limited': 0,
    'non-finite': 0,
    float32: 0,
    'half-precision': 0,
  };
  readonly histogram = new Uint32Array(EDGES.length - 1);
  readonly worst = new WorstComponents<JudgedComponent>(WORST);
  maxError = 0;
  /** An error larger than this would have been found in any of the components that passed. */
  detectable = 0;
  readonly #findings: ParameterFindings;
  readonly #compared = new Comparison();
  readonly #roundings = new Norm();
  readonly #undecided = new Norm();
  #blocks = 0;

  constructor(findings: ParameterFindings) {
    this.#findings = findings;
  }

  *addRun({ start, count }: ComponentRun): Piecewise<void> {
    for (let first = start; first < start + count; first += BLOCK) {
      this.#addBlock(first, Math.min(BLOCK, start + count - first));
      this.#blocks++;
      if (this.#blocks % BLOCKS_AT_ONCE === 0) yield;
    }
  }

  /** Adds at most `BLOCK` components in a row: a loop over numbers alone, for all but the few that need judging. */
  #addBlock(start: number, count: number): void {
    const { claimed, conclusions, judgement } = this.#findings;
    const { numeric, bounds, marks } = conclusions;
    this.#compared.addRange(numeric, claimed, start, start + count);
    const roundings = new Float64Array(count);
    let { maxError, detectable } = this;
    let passed = 0;
    for (let i = 0; i < count; i++) {
      const component = start + i;
      const a = claimed[component];
      const n = numeric[component];
      const ranked = relativeError(a, n);
      this.histogram[binOf(ranked)]++;
      // NaN stays once it is met.
      const difference = Math.abs(a - n);
      if (difference > maxError || Number.isNaN(difference)) maxError = difference;
      const error = judgement.error(component);
      roundings[i] = error;
      if (!judgement.passesPlainly(component)) {
        this.#addJudged(component, judgement.judge(component), ranked);
        continue;
      }
      const bound = judgement.plainBound(component);
      bounds[component] = bound;
      marks[component] = PLAIN_PASS;
      passed++;
      if (bound + error > detectable) detectable = bound + error;
      if (this.worst.mayTake('pass', ranked)) this.#offer(component, judgement.judge(component), ranked);
    }
    this.#roundings.addRange(roundings, 0, count);
    this.counts.pass += passed;
    this.maxError = maxError;
    this.detectable = Math.max(this.detectable, detectable);
  }

  /** Adds one that does not pass plainly. */
  #addJudged(component: number, judged: ComponentVerdict, ranked: number): void {
    const { claimed, conclusions } = this.#findings;
    const { verdict, bound, error, flags } = judged;
    conclusions.bounds[component] = bound;
    conclusions.marks[component] = markOf(verdict, flags);
    this.counts[verdict]++;
    for (const flag of flags) this.flagged[flag]++;
    if (verdict === 'pass') this.detectable = Math.max(this.detectable, bound + error);
    const difference = Math.abs(claimed[component] - conclusions.numeric[component]);
    if (verdict === 'inconclusive') this.#undecided.add(Math.max(error, difference));
    this.#offer(component, judged, ranked);
  }

  #offer(component: number, judged: ComponentVerdict, ranked: number): void {
    const { verdict } = judged;
    if (this.worst.mayTake(verdict, ranked))
      this.worst.offer({ component, verdict, relativeError: ranked, judged });
  }

  norms(): RelativeDifference {
    return this.#compared.result();
  }

  /** ‖R‖₂. */
  get roundingNorm(): number {
    return this.#roundings.value();
  }

  verdict(numericNorm: number): Verdict {
    if (this.counts.fail > 0) return 'fail';
    const undecided = this.#undecided.value();
    // A norm of NaN leaves it undecided as well.
    return undecided === 0 || undecided <= UNDECIDED_SHARE * numericNorm ? 'pass' : 'inconclusive';
  }

  componentCounts(total: number): ComponentCounts {
    const { pass, fail, inconclusive } = this.counts;
    return {
      total,
      checked: pass + fail + inconclusive,
      passed: pass,
      failed: fail,
      inconclusive,
      vacuous: this.flagged.vacuous,
      kinks: this.flagged.kink,
      noiseLimited: this.flagged['noise-limited'],
    };
  }
}

const BIN_EDGES = Float64Array.from(EDGES);
const LAST_BIN = EDGES.length - 2;

function binOf(error: number): number {
  // Most errors are small.
  let bin = 0;
  while (bin < LAST_BIN && error >= BIN_EDGES[bin + 1]) bin++;
  return bin;
}
