import { toJsonNumber } from '../tensors/json-number.ts';
import { unravel } from '../tensors/tensor.ts';
import type { Parameter } from './check-job.ts';
import { relativeDifference } from './relative-difference.ts';
import type { ComponentCounts, ComponentReport, ParameterReport, Verdict } from './report.ts';
import type { ComponentRun } from './selection.ts';
import { combineVerdicts, judgeComponent, type VerdictRule } from './verdict.ts';
import { type RankedComponent, relativeError, WorstComponents } from './worst-components.ts';

/** Worst components that a report lists of each parameter. */
const WORST = 10;

/** Edges of the histogram of relative errors: one bin for 0 … 1e-12, then one a decade. */
const EDGES = [0, ...Array.from({ length: 13 }, (_, i) => 10 ** (i - 12)), 10];

/** Reports on one parameter. `runs` are its checked components; `numeric` and `claimed` are laid out as θ. */
export function reportParameter(
  parameter: Parameter,
  runs: readonly ComponentRun[],
  numeric: Float64Array,
  claimed: Float64Array,
  rule: VerdictRule,
): ParameterReport {
  const tally = new Tally(numeric, claimed, rule);
  forEachComponent(runs, (component) => tally.add(component));
  const norms = relativeDifference(numeric, claimed, (visit) => forEachComponent(runs, visit));
  return {
    name: parameter.name,
    shape: parameter.shape,
    verdict: combineVerdicts(tally.counts.fail, tally.counts.inconclusive),
    relativeDifference: toJsonNumber(norms.relativeDifference),
    components: tally.componentCounts(parameter.size),
    maxError: toJsonNumber(tally.maxError),
    claimedNorm: toJsonNumber(norms.claimedNorm),
    numericNorm: toJsonNumber(norms.numericNorm),
    histogram: { edges: EDGES, counts: tally.histogram },
    worst: tally.worst
      .list()
      .map(({ component }) => reportComponent(parameter, component, numeric, claimed, rule)),
  };
}

/** One component (numbered in θ) as reports and component lists show it. */
export function reportComponent(
  parameter: Parameter,
  component: number,
  numeric: Float64Array,
  claimed: Float64Array,
  rule: VerdictRule,
): ComponentReport {
  const { verdict, bound, flags } = judgeComponent(rule, claimed[component], numeric[component]);
  return {
    index: unravel(component - parameter.offset, parameter.shape),
    claimed: toJsonNumber(claimed[component]),
    numeric: toJsonNumber(numeric[component]),
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
  readonly #numeric: Float64Array;
  readonly #claimed: Float64Array;
  readonly #rule: VerdictRule;

  constructor(numeric: Float64Array, claimed: Float64Array, rule: VerdictRule) {
    this.#numeric = numeric;
    this.#claimed = claimed;
    this.#rule = rule;
  }

  add(component: number): void {
    const claimed = this.#claimed[component];
    const numeric = this.#numeric[component];
    const { verdict, flags } = judgeComponent(this.#rule, claimed, numeric);
    const ranked: RankedComponent = { component, verdict, relativeError: relativeError(claimed, numeric) };
    this.counts[verdict]++;
    if (flags.includes('vacuous')) this.#vacuous++;
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
    };
  }
}

function binOf(error: number): number {
  let bin = EDGES.length - 2;
  while (bin > 0 && error < EDGES[bin]) bin--;
  return bin;
}

export function forEachComponent(runs: readonly ComponentRun[], visit: (component: number) => void): void {
  for (const run of runs) {
    for (let i = 0; i < run.count; i++) visit(run.start + i);
  }
}
