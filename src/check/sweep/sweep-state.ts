import type { CheckJob, CheckSpec } from '../check-job.ts';
import type { CompiledJob } from '../compile-job.ts';
import { evaluationError, type Noise, relativeNoise, roundingBound, UNIT_ROUNDOFF } from '../noise/noise.ts';
import { planSweep } from '../plan/plan-stage.ts';
import type { ComponentRun } from '../plan/selection.ts';
import { sliceBlocks } from '../plan/sweep-block.ts';
import { type ComparedEntry, indicesOf, type ShardEntry, type SweepResult } from '../shard.ts';
import { type AuditedPair, type AuditFinding, judgeAudit } from './audit.ts';
import { differences, stepOf } from './differences.ts';
import type { Refinement } from './refinement.ts';

/** What sets a component apart from most, each a bit: a kink was crossed on the way to its value. */
export const CROSSED = 1;
/** It was looked at again. */
export const REFINED = 2;

/** The others of a parameter are taken to have no more than so many times the truncation of the refined ones. */
const TRUNCATION_SPREAD = 4;
/** Complex-step takes no difference: its terms, up to the parameter's largest, add up to so many roundings. */
const COMPLEX_ROUNDING = 64;

/**
 * What the sweep has brought so far. Results may come in any order; they are folded in shard order, so that sums of
 * terms from different shards have the same bits always.
 */
export class SweepState {
  readonly plan: ReturnType<typeof planSweep>;
  /** The numeric gradient laid out as θ; NaN where not asked for or not moved by itself, 0 where nothing has come yet. */
  readonly numeric: Float64Array;
  /** What rounding can have done to it. */
  readonly rounding: Float32Array;
  /** What sets each component apart: `CROSSED` and `REFINED`; 0 for most. */
  readonly peculiar: Uint8Array;
  /** Of components that were looked at again. */
  readonly refinements = new Map<number, Refinement>();
  /** By each of `compareMethods`, laid out as θ; 0 where nothing has come yet or J does not move. */
  readonly compared: readonly Float64Array[];
  readonly #job: CheckJob;
  readonly #compiled: CompiledJob;
  readonly #runsOf: ReadonlyMap<number, readonly ComponentRun[]>;
  /** The last shard that has to do with each parameter. */
  readonly #lastShard: readonly number[];
  readonly #waiting = new Map<number, SweepResult>();
  readonly #audits = new Map<number, ShardEntry[]>();
  /** Judged once, before anything is replaced. */
  readonly #judged = new Map<number, AuditFinding>();
  /** Largest truncation seen among the refined components of each parameter. */
  readonly #truncation: Float64Array;
  #noise: readonly Noise[] = [];
  #folded = 0;
  #probes = 0;

  /** @param numeric as `blankGradient` makes it */
  constructor(
    job: CheckJob,
    compiled: CompiledJob,
    runsOf: ReadonlyMap<number, readonly ComponentRun[]>,
    numeric: Float64Array,
  ) {
    this.#job = job;
    this.#compiled = compiled;
    this.#runsOf = runsOf;
    this.plan = planSweep(compiled);
    this.numeric = numeric;
    this.rounding = new Float32Array(numeric.length);
    this.peculiar = new Uint8Array(numeric.length);
    const { compareMethods = [] } = job.spec.settings;
    this.compared = compareMethods.map(() => new Float64Array(numeric.length));
    this.#truncation = new Float64Array(job.spec.parameters.length);
    this.#lastShard = lastShards(job.spec, compiled, this.plan);
  }

  /** To be called before anything is accepted. */
  setNoise(noise: readonly Noise[]): void {
    this.#noise = noise;
  }

  /** Share of the sweep's probes that have come back. */
  get share(): number {
    return this.plan.probes === 0 ? 1 : this.#probes / this.plan.probes;
  }

  get isComplete(): boolean {
    return this.#folded === this.plan.shards.length;
  }

  /** @returns false when this shard's result was known already. */
  accept(result: SweepResult): boolean {
    if (result.index < this.#folded || this.#waiting.has(result.index)) return false;
    this.#waiting.set(result.index, result);
    this.#probes += this.plan.shards[result.index].count;
    for (
      let next = this.#waiting.get(this.#folded);
      next !== undefined;
      next = this.#waiting.get(this.#folded)
    ) {
      this.#waiting.delete(this.#folded);
      for (const entry of next.entries) this.#fold(entry);
      for (const entry of next.compared ?? []) this.#keep(entry);
      this.#folded++;
    }
    return true;
  }

  /** Whether everything of the sweep that has to do with a parameter is in. */
  hasAllOf(parameter: number): boolean {
    return this.#lastShard[parameter] < this.#folded;
  }

  /** How far truncation may go for the components of a parameter that were not refined; 0 while none was. */
  truncation(parameter: number): number {
    return TRUNCATION_SPREAD * this.#truncation[parameter];
  }

  /** What rounding does to any component of a parameter by complex-step, on top; nothing by differences. */
  complexRounding(parameter: number): number {
    const isComplex = this.#job.spec.settings.method === 'complex-step';
    return isComplex ? COMPLEX_ROUNDING * UNIT_ROUNDOFF * this.largest(parameter) : 0;
  }

  /** What the audit of a parameter has shown; undefined when it was not audited, or not all of it is in. */
  audit(parameter: number): AuditFinding | undefined {
    const known = this.#judged.get(parameter);
    if (known !== undefined) return known;
    const entries = this.#audits.get(parameter);
    if (entries === undefined || !this.hasAllOf(parameter)) return undefined;
    const { offset } = this.#job.spec.parameters[parameter];
    const pairs: AuditedPair[] = [];
    for (const { components, numeric, crossed } of entries) {
      const crossedHere = new Set(crossed);
      for (const [position, component] of indicesOf(components).entries()) {
        const at = offset + component;
        if ((this.peculiar[at] & CROSSED) !== 0 || crossedHere.has(position)) continue;
        const rounding = this.rounding[at] + this.#componentRounding(parameter, at);
        pairs.push({ node: this.numeric[at], weight: numeric[position], rounding });
      }
    }
    const finding = judgeAudit(pairs, this.largestUncrossed(parameter));
    this.#judged.set(parameter, finding);
    return finding;
  }

  /** Puts components moved by themselves in the place of what the sweep gave. */
  replace(entry: ShardEntry): void {
    const { offset } = this.#job.spec.parameters[entry.parameter];
    for (const component of indicesOf(entry.components)) {
      this.numeric[offset + component] = 0;
      this.rounding[offset + component] = 0;
      this.peculiar[offset + component] &= ~CROSSED;
    }
    this.#add(entry);
  }

  /**
   * The largest finite magnitude of a parameter's checked components. The claimed value stands in for that of a
   * component that was not moved by itself.
   */
  largest(parameter: number): number {
    return this.#largestOf(parameter, () => true);
  }

  /**
   * The same of those that crossed no kink. What node-perturbation gives of others, a jump over a step, may be anything
   * until they are moved by themselves.
   */
  largestUncrossed(parameter: number): number {
    return this.#largestOf(parameter, (component) => (this.peculiar[component] & CROSSED) === 0);
  }

  #largestOf(parameter: number, isCounted: (component: number) => boolean): number {
    let largest = 0;
    const { numeric } = this;
    const { claimed } = this.#job;
    const isDirected = this.#compiled.strategies[parameter] === 'directional';
    for (const { start, count } of this.#runsOf.get(parameter) ?? []) {
      for (let component = start; component < start + count; component++) {
        const value = numeric[component];
        const size = Math.abs(isDirected && Number.isNaN(value) ? claimed[component] : value);
        if (size > largest && size < Number.POSITIVE_INFINITY && isCounted(component)) largest = size;
      }
    }
    return largest;
  }

  #keep({ parameter, components, numeric }: ComparedEntry): void {
    const { offset } = this.#job.spec.parameters[parameter];
    indicesOf(components).forEach((place, position) => {
      for (const [method, values] of this.compared.entries())
        values[offset + place] = numeric[method][position];
    });
  }

  #fold(entry: ShardEntry): void {
    if (entry.role !== 'audit') this.#add(entry);
    else this.#audits.set(entry.parameter, [...(this.#audits.get(entry.parameter) ?? []), entry]);
  }

  #add({ parameter, components, numeric, bound, crossed, refined = [] }: ShardEntry): void {
    const { offset } = this.#job.spec.parameters[parameter];
    // Those of a program that does not reach J are exact.
    const reaches = this.#compiled.programs[parameter]?.reachesCost === true;
    const places = indicesOf(components);
    let source = 0;
    let left = bound?.repeat ?? 0;
    for (let position = 0; position < places.length; position++) {
      const at = offset + places[position];
      this.numeric[at] += numeric[position];
      let added = 0;
      if (bound !== undefined) {
        added = bound.values[source];
        left--;
        if (left === 0) {
          source = (source + 1) % bound.values.length;
          left = bound.repeat;
        }
      } else if (reaches) added = this.#componentRounding(parameter, at);
      // Roundings of different terms are independent of each other.
      this.rounding[at] = this.rounding[at] === 0 ? added : Math.hypot(this.rounding[at], added);
    }
    if (crossed.length === 0 && refined.length === 0) return;
    for (const position of crossed) this.peculiar[offset + places[position]] |= CROSSED;
    for (const { position, ...refinement } of refined) {
      this.peculiar[offset + places[position]] |= REFINED;
      this.refinements.set(offset + places[position], refinement);
      if (refinement.truncation > this.#truncation[parameter])
        this.#truncation[parameter] = refinement.truncation;
    }
  }

  /** What rounding can have done to a component moved by itself. */
  #componentRounding(parameter: number, component: number): number {
    const { method, epsilon } = this.#job.spec.settings;
    const noise = this.#noise[parameter];
    const step = stepOf(method, epsilon, this.#job.theta[component], relativeNoise(noise));
    return roundingBound(evaluationError(noise), differences[method].roundoff, step);
  }
}

function lastShards(
  spec: CheckSpec,
  { blocks, comparisons }: CompiledJob,
  plan: ReturnType<typeof planSweep>,
): number[] {
  const last = spec.parameters.map(() => -1);
  for (const { start, count, index } of plan.shards) {
    for (const { block } of sliceBlocks([...blocks, ...comparisons], start, count)) {
      const parameters =
        block.kind === 'units' ? block.group.members.map(({ parameter }) => parameter) : [block.parameter];
      for (const parameter of parameters) last[parameter] = index;
    }
  }
  return last;
}
