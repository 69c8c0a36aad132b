import { toJsonNumber } from '../tensors/json-number.ts';
import { unravel } from '../tensors/tensor.ts';
import type { AuditFinding } from './audit.ts';
import type { Parameter } from './check-job.ts';
import { type ComparedPairs, relativeDifference } from './relative-difference.ts';
import type { ComponentCounts, ComponentReport, ParameterReport, Verdict } from './report.ts';
import type { ComponentRun } from './selection.ts';
import type { Strategy } from './settings.ts';
import { combineVerdicts, judgeComponent, type VerdictRule } from './verdict.ts';
import { type RankedComponent, relativeError, WorstComponents } from './worst-components.ts';

/** Worst components that a report lists of each parameter. */
const WORST = 10;

/** Edges of the histogram of relative errors: one bin for 0 … 1e-12, then one a decade. */
const EDGES = [0, ...Array.from({ length: 13 }, (_, i) => 10 ** (i - 12)), 10];

/** What is known of a parameter's components once they are all checked; the arrays are laid out as θ. */
export interface ParameterFindings {
  readonly parameter: Parameter;
  /** Its checked components. */
  readonly runs: readonly ComponentRun[];
  readonly numeric: Float64Array;
  readonly claimed: Float64Array;
  readonly crossed: Uint8Array;
  readonly rule: VerdictRule;
  readonly strategy: Strategy;
  readonly audit: AuditFinding | undefined;
}

export function reportParameter(findings: ParameterFindings): ParameterReport {
  const { parameter, runs, numeric, claimed, crossed, rule, strategy, audit } = findings;
  const tally = new Tally(findings);
  forEachComponent(runs, (component) => tally.add(component));
  const norms = relativeDifference(comparedComponents(runs, numeric, claimed));
  return {
    name: parameter.name,
    shape: parameter.shape,
    verdict: combineVerdicts(tally.counts.fail, tally.counts.inconclusive),
    relativeDifference: toJsonNumber(norms.relativeDifference),
    strategy,
    ...(audit === undefined
      ? {}
      : {
          audit: {
            ...audit,
            maxDifference: toJsonNumber(audit.maxDifference),
            bound: toJsonNumber(audit.bound),
          },
        }),
    components: tally.componentCounts(parameter.size),
    maxError: toJsonNumber(tally.maxError),
    claimedNorm: toJsonNumber(norms.claimedNorm),
    numericNorm: toJsonNumber(norms.numericNorm),
    histogram: { edges: EDGES, counts: tally.histogram },
    worst: tally.worst.list().map(({ component }) => {
      const index = unravel(component - parameter.offset, parameter.shape);
      return reportComponent(rule, index, claimed[component], numeric[component], crossed[component] !== 0);
    }),
  };
}

/** One component as reports and component lists show it. */
export function reportComponent(
  rule: VerdictRule,
  index: readonly number[],
  claimed: number,
  numeric: number,
  crossed: boolean,
): ComponentReport {
  const { verdict, bound, flags } = judgeComponent(rule, claimed, numeric, crossed);
  return {
    index,
    claimed: toJsonNumber(claimed),
    numeric: toJsonNumber(numeric),
    bound: toJsonNumber(bound),
    verdict,
    flags,
  };
}

/** What is counted over the components of one parameter. */
class Tally {
  readonly counts: Record<Verdict, number> = { pass: 0, fail: 0, inconclusive: 0 };
  readonly histogram: number[] = EDGES.slice(1).map(() => 0);
  readonly worst = new WorstComponents(WORST);
  maxError = 0;
  #vacuous = 0;
  #kinks = 0;
  readonly #findings: ParameterFindings;

  constructor(findings: ParameterFindings) {
    this.#findings = findings;
  }

  add(component: number): void {
    const claimed = this.#findings.claimed[component];
    const numeric = this.#findings.numeric[component];
    const crossed = this.#findings.crossed[component] !== 0;
    const { verdict, flags } = judgeComponent(this.#findings.rule, claimed, numeric, crossed);
    const ranked: RankedComponent = { component, verdict, relativeError: relativeError(claimed, numeric) };
    this.counts[verdict]++;
    if (flags.includes('vacuous')) this.#vacuous++;
    if (flags.includes('kink')) this.#kinks++;
    this.histogram[binOf(ranked.relativeError)]++;
    this.worst.offer(ranked);
    // NaN stays once it is met.
    const error = Math.abs(claimed - numeric);
    if (error > this.maxError || Number.isNaN(error)) this.maxError = error;
  }

  componentCounts(total: number): ComponentCounts {
    const { pass, fail, inconclusive } = this.counts;
    return {
      total,
      checked: pass + fail + inconclusive,
      passed: pass,
      failed: fail,
      inconclusive,
      vacuous: this.#vacuous,
      kinks: this.#kinks,
    };
  }
}

function binOf(error: number): number {
  let bin = EDGES.length - 2;
  while (bin > 0 && error < EDGES[bin]) bin--;
  return bin;
}

/** What is compared of components that were checked by themselves. */
export function comparedComponents(
  runs: readonly ComponentRun[],
  numeric: Float64Array,
  claimed: Float64Array,
): ComparedPairs {
  return (visit) => forEachComponent(runs, (component) => visit(numeric[component], claimed[component]));
}

export function forEachComponent(runs: readonly ComponentRun[], visit: (component: number) => void): void {
  for (const run of runs) {
    for (let i = 0; i < run.count; i++) visit(run.start + i);
  }
}
