import type { Piecewise } from '../piecewise.ts';
import type { ComponentRun } from '../plan/selection.ts';
import { markOf } from '../verdict/component-marks.ts';
import type { Conclusions } from '../verdict/conclusions.ts';
import { BLOCK, Norm } from '../verdict/norm.ts';
import type { ParameterJudgement } from '../verdict/parameter-judgement.ts';
import { Comparison, type RelativeDifference } from '../verdict/relative-difference.ts';
import type { ComponentVerdict } from '../verdict/verdict.ts';
import { RelativeErrors } from './relative-errors.ts';
import type { ComponentCounts, Verdict } from './report.ts';
import { type RankedComponent, WorstComponents } from './worst-components.ts';

/** Worst components that a report lists of each parameter. */
const WORST = 10;

/** Undecided components whose errors together are below such a share of the parameter's norm leave it decided. */
const UNDECIDED_SHARE = 1e-3;

/** Blocks of components that are judged between two stops: a few milliseconds of work. */
const BLOCKS_AT_ONCE = 8;

export interface JudgedComponent extends RankedComponent {
  readonly judged: ComponentVerdict;
}

export interface TallyParts {
  readonly judgement: ParameterJudgement;
  /** Of the job; bounds and marks of what is added are written here. */
  readonly conclusions: Conclusions;
  /** The claimed gradient of the job. */
  readonly claimed: Float64Array;
}

/** Judges the components of one parameter and counts what comes of it. */
export class Tally {
  readonly worst = new WorstComponents<JudgedComponent>(WORST);
  readonly errors = new RelativeErrors();
  /** An error larger than this would have been found in any of the components that passed. */
  detectable = 0;
  readonly #parts: TallyParts;
  readonly #counts: Record<Verdict, number> = { pass: 0, fail: 0, inconclusive: 0 };
  readonly #flagged = {
    vacuous: 0,
    kink: 0,
    'noise-limited': 0,
    'non-finite': 0,
    float32: 0,
    'half-precision': 0,
  };
  readonly #compared = new Comparison();
  readonly #roundings = new Norm();
  readonly #undecided = new Norm();
  readonly #blockErrors = new Float64Array(BLOCK);
  #blocks = 0;

  constructor(parts: TallyParts) {
    this.#parts = parts;
  }

  *addRun({ start, count }: ComponentRun): Piecewise<void> {
    for (let first = start; first < start + count; first += BLOCK) {
      this.#addBlock(first, Math.min(BLOCK, start + count - first));
      this.#blocks++;
      if (this.#blocks % BLOCKS_AT_ONCE === 0) yield;
    }
  }

  norms(): RelativeDifference {
    return this.#compared.result();
  }

  /** ‖R‖₂ over the components: what rounding alone may have done to the numeric gradient. */
  get roundingNorm(): number {
    return this.#roundings.value();
  }

  verdict(numericNorm: number): Verdict {
    if (this.#counts.fail > 0) return 'fail';
    const undecided = this.#undecided.value();
    // A norm of NaN leaves it undecided as well.
    return undecided === 0 || undecided <= UNDECIDED_SHARE * numericNorm ? 'pass' : 'inconclusive';
  }

  componentCounts(total: number): ComponentCounts {
    const { pass, fail, inconclusive } = this.#counts;
    return {
      total,
      checked: pass + fail + inconclusive,
      passed: pass,
      failed: fail,
      inconclusive,
      vacuous: this.#flagged.vacuous,
      kinks: this.#flagged.kink,
      noiseLimited: this.#flagged['noise-limited'],
    };
  }

  /** Adds at most `BLOCK` components in a row: loops over numbers alone, for all but the few that need judging. */
  #addBlock(start: number, count: number): void {
    const { claimed, conclusions, judgement } = this.#parts;
    const { numeric } = conclusions;
    this.#compared.addRange(numeric, claimed, start, start + count);
    const ranks = this.errors.addRange(claimed, numeric, start, count);
    const { others, detectable } = judgement.passPlainly(start, count, conclusions, this.#blockErrors);
    this.#roundings.addRange(this.#blockErrors, 0, count);
    this.#counts.pass += count - others.length;
    this.detectable = Math.max(this.detectable, detectable);
    for (const component of others)
      this.#addJudged(component, judgement.judge(component), ranks[component - start]);
    this.#offerPassing(start, count, ranks, others);
  }

  /** Offers those of a block that pass plainly, where any of them may be among the worst. */
  #offerPassing(start: number, count: number, ranks: Float64Array, others: readonly number[]): void {
    let next = 0;
    for (let i = 0; i < count; i++) {
      if (others[next] === start + i) next++;
      else if (this.worst.mayTake('pass', ranks[i]))
        this.#offer(start + i, this.#parts.judgement.judge(start + i), ranks[i]);
    }
  }

  /** Adds one that does not pass plainly. */
  #addJudged(component: number, judged: ComponentVerdict, ranked: number): void {
    const { claimed, conclusions } = this.#parts;
    const { verdict, bound, error, flags } = judged;
    conclusions.bounds[component] = bound;
    conclusions.marks[component] = markOf(verdict, flags);
    this.#counts[verdict]++;
    for (const flag of flags) this.#flagged[flag]++;
    if (verdict === 'pass') this.detectable = Math.max(this.detectable, bound + error);
    const difference = Math.abs(claimed[component] - conclusions.numeric[component]);
    if (verdict === 'inconclusive') this.#undecided.add(Math.max(error, difference));
    if (this.worst.mayTake(verdict, ranked)) this.#offer(component, judged, ranked);
  }

  #offer(component: number, judged: ComponentVerdict, ranked: number): void {
    this.worst.offer({ component, verdict: judged.verdict, relativeError: ranked, judged });
  }
}
