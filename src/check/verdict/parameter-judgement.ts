import type { Piecewise } from '../piecewise.ts';
import type { ComponentRun } from '../plan/selection.ts';
import type { Refinement } from '../sweep/refinement.ts';
import type { SweepState } from '../sweep/sweep-state.ts';
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
   * Whether a component passes as most do: looked at once, no kink crossed, its values close and exactly enough known.
   * `judge` comes to the same; this makes no objects.
   */
  passesPlainly(component: number): boolean {
    const { numeric, crossed, refinements } = this.#sweep;
    if (crossed[component] !== 0 || (refinements.size > 0 && refinements.has(component))) return false;
    return passesPlainly(this.#rule, this.#claimed[component], numeric[component], this.error(component));
  }

  /** B of a component that was looked at once. */
  error(component: number): number {
    return this.#sweep.rounding[component] + this.#complexRounding;
  }

  /** The difference above which a component that passes plainly would have been called wrong. */
  plainBound(component: number): number {
    const numeric = this.#sweep.numeric[component];
    return plainBound(this.#rule, this.#claimed[component], numeric, this.error(component));
  }

  /** Those that do not clearly pass and were not looked at again, as runs; piece by piece. */
  *unclear(parameter: number, runs: readonly ComponentRun[]): Piecewise<ComponentRun[]> {
    const { refinements } = this.#sweep;
    const found: { parameter: number; start: number; count: number }[] = [];
    let looked = 0;
    for (const { start, count } of runs) {
      for (let component = start; component < start + count; component++) {
        looked++;
        if (looked % LOOKED_AT_ONCE === 0) yield;
        if (this.passesPlainly(component) || refinements.has(component)) continue;
        if (isClear(this.#rule, this.#evidence(component))) continue;
        const last = found.at(-1);
        if (last !== undefined && last.start + last.count === component) last.count++;
        else found.push({ parameter, start: component, count: 1 });
      }
    }
    return found;
  }

  /** What the sweep knows of a component. Always an object of one form, as all of them go through one function. */
  #evidence(component: number, refinement?: Refinement, truncation = 0, settled = false): Evidence {
    const { numeric, crossed } = this.#sweep;
    return {
      claimed: this.#claimed[component],
      numeric: numeric[component],
      bound: this.error(component) + truncation,
      crossed: crossed[component] !== 0,
      refinement,
      settled,
    };
  }
}
