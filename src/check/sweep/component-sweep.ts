import type { ProbeProgram } from '../../graph/probe-program.ts';
import type { JobView } from '../job-memory.ts';
import { evaluationError, type Noise, relativeNoise, roundingBound } from '../noise/noise.ts';
import type { ProvisionalRules } from '../verdict/provisional-rules.ts';
import { isClear } from '../verdict/verdict.ts';
import { ComplexProbes } from './complex-probes.ts';
import { ComponentProbes } from './component-probes.ts';
import { ComponentRefinement } from './component-refinement.ts';
import { differences, stepOf } from './differences.ts';
import { plainDifferences } from './plain-differences.ts';
import type { Refinement } from './refinement.ts';

/** Of the doubtful among many components so many are looked at again, and no fewer than the least. */
const REFINED_SHARE = 0.1;
const LEAST_REFINED = 32;

/** What a sweep over some components gives; positions are theirs in the list. */
export interface SweptComponents {
  readonly numeric: Float64Array;
  /** Where a kink was crossed. */
  readonly crossed: Uint32Array;
  readonly refined: readonly PositionedRefinement[];
}

export interface PositionedRefinement extends Refinement {
  readonly position: number;
}

export interface ComponentSweepParts {
  readonly job: JobView;
  readonly program: ProbeProgram;
  /** Position in `spec.parameters`. */
  readonly parameter: number;
  readonly slot: number;
  readonly noise: Noise;
  readonly rules: ProvisionalRules;
}

/** Differentiates J by components of one parameter: all of them once, and again those that this leaves in doubt. */
export class ComponentSweep {
  readonly #job: JobView;
  readonly #parameter: number;
  readonly #noise: Noise;
  readonly #rules: ProvisionalRules;
  readonly #probes: ComponentProbes;
  /** For the method complex-step. */
  readonly #complex: ComplexProbes | undefined;

  /** @param parameter position in `spec.parameters` */
  constructor({ job, program, parameter, slot, noise, rules }: ComponentSweepParts) {
    this.#job = job;
    this.#parameter = parameter;
    this.#noise = noise;
    this.#rules = rules;
    const { parameters, settings } = job.spec;
    this.#probes = new ComponentProbes(job, program, parameters[parameter], slot);
    if (settings.method === 'complex-step')
      this.#complex = new ComplexProbes(job, program, parameters[parameter], slot);
  }

  /** Evaluations of J made so far. */
  get evaluations(): number {
    return this.#probes.evaluations + (this.#complex?.evaluations ?? 0);
  }

  /**
   * @param components numbered in θ
   * @param isWhole whether these are the derivatives themselves, to be held against the claimed ones, and not only a
   * term of them
   * @returns undefined when the job was cancelled
   */
  run(components: readonly number[], isWhole: boolean): SweptComponents | undefined {
    const swept = this.#sweep(components);
    if (swept === undefined || !isWhole)
      return swept && { ...swept, crossed: positions(swept.crossed), refined: [] };
    const { numeric, steps, crossed } = swept;
    const doubtful = this.#doubtful(components, numeric, steps, crossed);
    const refined = this.#refine(components, doubtful, numeric, crossed);
    if (refined === undefined) return undefined;
    if (this.#job.spec.settings.epsilon === 'auto' && this.#complex === undefined) {
      // An automatic step may be any; the one that keeps to one side of a kink is the better.
      for (const { position, numeric: better, kink } of refined)
        if (crossed[position] !== 0 && kink === undefined) numeric[position] = better;
    }
    return { numeric, crossed: positions(crossed), refined };
  }

  /** The plain method, once for each component. */
  #sweep(components: readonly number[]) {
    const { method, epsilon } = this.#job.spec.settings;
    const noise = relativeNoise(this.#noise);
    const steps = Float64Array.from(components, (component) =>
      stepOf(method, epsilon, this.#probes.theta(component), noise),
    );
    const found =
      this.#complex === undefined
        ? plainDifferences(this.#probes, method, components, steps)
        : this.#complex.derivatives(components, steps);
    return found && { numeric: found.values, steps, crossed: found.crossed };
  }

  /** Positions of those that do not clearly pass, and can be looked at again. */
  #doubtful(
    components: readonly number[],
    numeric: Float64Array,
    steps: Float64Array,
    crossed: Uint32Array,
  ): number[] {
    const { roundoff, coarse } = differences[this.#job.spec.settings.method];
    const rule = this.#rules.of(this.#parameter);
    const error = evaluationError(this.#noise);
    const { floats, layout } = this.#job;
    /** Those whose difference means nothing, and those that only disagree with the claimed value or are small. */
    const [invalid, unclear]: number[][] = [[], []];
    for (let i = 0; i < components.length; i++) {
      const claimed = floats[layout.claimed + components[i]];
      const isCoarse = steps[i] > coarse * Math.max(1, Math.abs(this.#probes.theta(components[i])));
      const bound = roundingBound(error, roundoff, steps[i]);
      if (isCoarse) invalid.push(i);
      else if (!isClear(rule, { claimed, numeric: numeric[i], bound })) {
        if (crossed[i] !== 0 || Number.isNaN(numeric[i])) invalid.push(i);
        // Differences could only say less exactly what complex-step has said of the others.
        else if (this.#complex === undefined) unclear.push(i);
      }
    }
    return [...invalid, ...evenly(unclear, components.length)];
  }

  #refine(
    components: readonly number[],
    doubtful: readonly number[],
    numeric: Float64Array,
    crossed: Uint32Array,
  ): PositionedRefinement[] | undefined {
    if (doubtful.length === 0) return [];
    const { floats, layout, spec } = this.#job;
    const refinement = new ComponentRefinement(this.#probes, this.#noise);
    const isKnown = (position: number) =>
      spec.settings.method === 'central' && spec.settings.epsilon === 'auto' && crossed[position] === 0;
    const refined: PositionedRefinement[] = [];
    for (const known of [true, false]) {
      const own = doubtful.filter((position) => isKnown(position) === known);
      const list = own.map((position) => components[position]);
      const claimed = Float64Array.from(list, (component) => floats[layout.claimed + component]);
      const values = known ? Float64Array.from(own, (position) => numeric[position]) : undefined;
      const found = refinement.refine(list, claimed, values);
      if (found === undefined) return undefined;
      refined.push(...found.map((each, i) => ({ ...each, position: own[i] })));
    }
    return refined.sort((a, b) => a.position - b.position);
  }
}

/** As many of the unclear as may be refined, evenly spread: they tell how far truncation goes for the others. */
function evenly(unclear: readonly number[], total: number): readonly number[] {
  const most = Math.max(LEAST_REFINED, Math.ceil(REFINED_SHARE * total));
  if (unclear.length <= most) return unclear;
  return Array.from({ length: most }, (_, i) => unclear[Math.floor((i * unclear.length) / most)]);
}

function positions(crossed: Uint32Array): Uint32Array {
  const found: number[] = [];
  for (let i = 0; i < crossed.length; i++) if (crossed[i] !== 0) found.push(i);
  return Uint32Array.from(found);
}
