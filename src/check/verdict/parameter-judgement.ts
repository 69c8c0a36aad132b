import type { ComponentRun } from '../plan/selection.ts';
import type { SweepState } from '../sweep/sweep-state.ts';
import type { Precision } from './precision.ts';
import {
  type ComponentVerdict,
  isClear,
  judgeComponent,
  passesPlainly,
  plainPass,
  type VerdictRule,
  verdictRule,
} from './verdict.ts';

/** Judges the components of one parameter by what the sweep and the second looks have brought. */
export class ParameterJudgement {
  readonly precision: Precision;
  readonly #sweep: SweepState;
  readonly #claimed: Float64Array;
  readonly #rule: VerdictRule;
  readonly #truncation: number;
  readonly #complexRounding: number;

  /** @param claimed the claimed gradient of the job */
  constructor(sweep: SweepState, parameter: number, claimed: Float64Array, precision: Precision) {
    this.precision = precision;
    this.#sweep = sweep;
    this.#claimed = claimed;
    this.#rule = verdictRule(precision, sweep.largest(parameter));
    this.#truncation = sweep.truncation(parameter);
    this.#complexRounding = sweep.complexRounding(parameter);
  }

  /**
   * The verdict on a component, numbered in θ. One that was not looked at again, though it does not clearly pass, is
   * given the truncation of those of its parameter that were.
   */
  judge(component: number): ComponentVerdict {
    const { numeric, rounding, crossed, refinements } = this.#sweep;
    const [claimed, value] = [this.#claimed[component], numeric[component]];
    const bound = rounding[component] + this.#complexRounding;
    const refinement = refinements.get(component);
    const isCrossed = crossed[component] !== 0;
    if (refinement === undefined && !isCrossed && passesPlainly(this.#rule, claimed, value, bound))
      return plainPass(this.#rule, claimed, value, bound);
    const evidence = { claimed, numeric: value, bound, crossed: isCrossed, refinement };
    const plain = judgeComponent(this.#rule, evidence);
    if (evidence.refinement !== undefined || (plain.flags.length === 0 && plain.verdict === 'pass'))
      return plain;
    return judgeComponent(this.#rule, {
      ...evidence,
      bound: evidence.bound + this.#truncation,
      settled: this.#truncation > 0 || this.#complexRounding > 0,
    });
  }

  /** Those that do not clearly pass and were not looked at again, as runs. */
  unclear(parameter: number, runs: readonly ComponentRun[]): ComponentRun[] {
    const { numeric, rounding, crossed, refinements } = this.#sweep;
    const found: { parameter: number; start: number; count: number }[] = [];
    for (const { start, count } of runs) {
      for (let component = start; component < start + count; component++) {
        const [claimed, value] = [this.#claimed[component], numeric[component]];
        const bound = rounding[component] + this.#complexRounding;
        const isCrossed = crossed[component] !== 0;
        if (!isCrossed && passesPlainly(this.#rule, claimed, value, bound)) continue;
        const evidence = { claimed, numeric: value, bound, crossed: isCrossed };
        if (isClear(this.#rule, evidence) || refinements.has(component)) continue;
        const last = found.at(-1);
        if (last !== undefined && last.start + last.count === component) last.count++;
        else found.push({ parameter, start: component, count: 1 });
      }
    }
    return found;
  }
}
