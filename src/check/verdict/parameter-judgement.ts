import type { Piecewise } from '../piecewise.ts';
import type { ComponentRun } from '../plan/selection.ts';
import type { Refinement } from '../sweep/refinement.ts';
import { CROSSED, REFINED, type SweepState } from '../sweep/sweep-state.ts';
import { PLAIN_PASS } from './component-marks.ts';
import type { Conclusions } from './conclusions.ts';
import type { Precision } from './precision.ts';
import {
  type ComponentVerdict,
  type Evidence,
  isClear,
  judgeComponent,
  passesPlainly,
  plainBound,
  type VerdictRule,
  verdictRule,
} from './verdict.ts';

/** Components that are looked through between two stops. */
const LOOKED_AT_ONCE = 2 ** 16;

/** What comes of looking through components in a row for those that pass plainly. */
export interface PlainPasses {
  /** Those that do not, and are to be judged one by one. */
  readonly others: readonly number[];
  /** The largest error that might have gone unseen in one that does. */
  readonly detectable: number;
}

/** Judges the components of one parameter by what the sweep and the second looks have brought. */
export class ParameterJudgement {
  readonly precision: Precision;
  readonly #sweep: SweepState;
  readonly #claimed: Float64Array;
  readonly #rule: VerdictRule;
  readonly #truncation: number;
  readonly #complexRounding: number;

  /**
   * @param claimed the claimed gradient of the job
   * @param largest the largest magnitude of the parameter's numeric gradient
   */
  constructor(
    sweep: SweepState,
    parameter: number,
    claimed: Float64Array,
    precision: Precision,
    largest = sweep.largest(parameter),
  ) {
    this.precision = precision;
    this.#sweep = sweep;
    this.#claimed = claimed;
    this.#rule = verdictRule(precision, largest);
    this.#truncation = sweep.truncation(parameter);
    this.#complexRounding = sweep.complexRounding(parameter);
  }

  /**
   * The verdict on a component, numbered in θ. One that was not looked at again, though it does not clearly pass, is
   * given the truncation of those of its parameter that were.
   */
  judge(component: number): ComponentVerdict {
    const refinement = this.#sweep.refinements.get(component);
    const plain = judgeComponent(this.#rule, this.#evidence(component, refinement));
    if (refinement !== undefined || (plain.flags.length === 0 && plain.verdict === 'pass')) return plain;
    const settled = this.#truncation > 0 || this.#complexRounding > 0;
    return judgeComponent(this.#rule, this.#evidence(component, refinement, this.#truncation, settled));
  }

  /**
   * Concludes of components in a row which pass as most do: looked at once, no kink crossed, their values close and
   * exactly enough known. `judge` comes to the same; this is a loop over numbers that makes no objects.
   * @param conclusions where their bounds and marks are written
   * @param errors where B of every one of them is written, from 0 on, as if it had been looked at once
   */
  passPlainly(
    start: number,
    count: number,
    { bounds, marks }: Pick<Conclusions, 'bounds' | 'marks'>,
    errors: Float64Array,
  ): PlainPasses {
    const { numeric, rounding, peculiar } = this.#sweep;
    const claimed = this.#claimed;
    const rule = this.#rule;
    const complexRounding = this.#complexRounding;
    const others: number[] = [];
    let detectable = 0;
    for (let i = 0; i < count; i++) {
      const component = start + i;
      const a = claimed[component];
      const n = numeric[component];
      const error = rounding[component] + complexRounding;
      errors[i] = error;
      if (peculiar[component] !== 0 || !passesPlainly(rule, a, n, error)) {
        others.push(component);
        continue;
      }
      const bound = plainBound(rule, a, n, error);
      bounds[component] = bound;
      marks[component] = PLAIN_PASS;
      if (bound + error > detectable) detectable = bound + error;
    }
    return { others, detectable };
  }

  /** Those that do not clearly pass and were not looked at again, as runs; piece by piece. */
  *unclear(parameter: number, runs: readonly ComponentRun[]): Piecewise<ComponentRun[]> {
    const { numeric, rounding, peculiar } = this.#sweep;
    const claimed = this.#claimed;
    const rule = this.#rule;
    const complexRounding = this.#complexRounding;
    const found: { parameter: number; start: number; count: number }[] = [];
    let looked = 0;
    for (const { start, count } of runs) {
      for (let component = start; component < start + count; component++) {
        looked++;
        if (looked % LOOKED_AT_ONCE === 0) yield;
        const seen = peculiar[component];
        const error = rounding[component] + complexRounding;
        if (seen === 0 && passesPlainly(rule, claimed[component], numeric[component], error)) continue;
        if ((seen & REFINED) !== 0 || isClear(rule, this.#evidence(component))) continue;
        const last = found.at(-1);
        if (last !== undefined && last.start + last.count === component) last.count++;
        else found.push({ parameter, start: component, count: 1 });
      }
    }
    return found;
  }

  /** What the sweep knows of a component. Always an object of one form, as all of them go through one function. */
  #evidence(component: number, refinement?: Refinement, truncation = 0, settled = false): Evidence {
    const { numeric, rounding, peculiar } = this.#sweep;
    return {
      claimed: this.#claimed[component],
      numeric: numeric[component],
      bound: rounding[component] + this.#complexRounding + truncation,
      crossed: (peculiar[component] & CROSSED) !== 0,
      refinement,
      settled,
    };
  }
}
