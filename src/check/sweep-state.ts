import { type AuditFinding, judgeAudit } from './audit.ts';
import { type CheckSpec, componentCount } from './check-job.ts';
import type { CompiledJob } from './compile-job.ts';
import { forEachComponent } from './parameter-report.ts';
import { planSweep } from './plan-stage.ts';
import type { ComponentRun } from './selection.ts';
import { forEachIndex, type ShardEntry, type StagePlan, type SweepResult } from './shard.ts';
import { componentMark } from './stored-gradient.ts';
import { sliceBlocks } from './sweep-block.ts';

/**
 * What the sweep has brought so far. Results may come in any order; they are folded in shard order, so that sums of
 * terms from different shards have the same bits always.
 */
export class SweepState {
  readonly plan: StagePlan;
  /** The numeric gradient laid out as θ; NaN where not asked for or not checked by itself, 0 where nothing has come yet. */
  readonly numeric: Float64Array;
  /** The mark of each component, `crossed` where a kink was crossed with every step tried. */
  readonly crossed: Uint8Array;
  readonly #spec: CheckSpec;
  readonly #compiled: CompiledJob;
  readonly #runsOf: ReadonlyMap<number, readonly ComponentRun[]>;
  /** The last shard that has to do with each parameter. */
  readonly #lastShard: readonly number[];
  readonly #waiting = new Map<number, SweepResult>();
  readonly #audits = new Map<number, ShardEntry[]>();
  /** Judged once, before anything is replaced. */
  readonly #judged = new Map<number, AuditFinding>();
  #folded = 0;
  #probes = 0;

  constructor(spec: CheckSpec, compiled: CompiledJob, runsOf: ReadonlyMap<number, readonly ComponentRun[]>) {
    this.#spec = spec;
    this.#compiled = compiled;
    this.#runsOf = runsOf;
    this.plan = planSweep(compiled);
    this.numeric = new Float64Array(componentCount(spec)).fill(Number.NaN);
    this.crossed = new Uint8Array(this.numeric.length);
    for (const [parameter, runs] of runsOf) {
      for (const { start, count } of runs) {
        if (compiled.strategies[parameter] === 'directional')
          this.crossed.fill(componentMark.unchecked, start, start + count);
        else this.numeric.fill(0, start, start + count);
      }
    }
    this.#lastShard = lastShards(spec, compiled, this.plan);
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
      this.#folded++;
    }
    return true;
  }

  /** Whether everything of the sweep that has to do with a parameter is in. */
  hasAllOf(parameter: number): boolean {
    return this.#lastShard[parameter] < this.#folded;
  }

  /** What the audit of a parameter has shown; undefined when it was not audited, or not all of it is in. */
  audit(parameter: number): AuditFinding | undefined {
    const known = this.#judged.get(parameter);
    if (known !== undefined) return known;
    const entries = this.#audits.get(parameter);
    if (entries === undefined || !this.hasAllOf(parameter)) return undefined;
    const { offset } = this.#spec.parameters[parameter];
    const pairs: [number, number][] = [];
    for (const { components, numeric } of entries) {
      forEachIndex(components, (component, position) => {
        if (this.crossed[offset + component] === 0)
          pairs.push([this.numeric[offset + component], numeric[position]]);
      });
    }
    const finding = judgeAudit(pairs, this.#largest(parameter));
    this.#judged.set(parameter, finding);
    return finding;
  }

  /**
   * The components of a parameter that node-perturbation has left doubtful: all, when its audit disagreed, or those
   * whose units crossed a kink. They are to be moved by themselves.
   */
  doubtful(parameter: number): readonly ComponentRun[] {
    const runs = this.#runsOf.get(parameter) ?? [];
    if (this.#compiled.strategies[parameter] !== 'node-perturbation') return [];
    if (this.audit(parameter)?.agreed === false) return runs;
    return crossedRuns(parameter, runs, this.crossed);
  }

  /** Puts components moved by themselves in the place of what the sweep gave. */
  replace({ parameter, components, numeric, crossed }: ShardEntry): void {
    const { offset } = this.#spec.parameters[parameter];
    forEachIndex(components, (component, position) => {
      this.numeric[offset + component] = numeric[position];
      this.crossed[offset + component] = componentMark.clean;
    });
    this.#markCrossed(offset, components, crossed);
  }

  #fold(entry: ShardEntry): void {
    const { parameter, components, numeric, role, crossed } = entry;
    if (role === 'audit') {
      this.#audits.set(parameter, [...(this.#audits.get(parameter) ?? []), entry]);
      return;
    }
    const { offset } = this.#spec.parameters[parameter];
    forEachIndex(components, (component, position) => {
      this.numeric[offset + component] += numeric[position];
    });
    this.#markCrossed(offset, components, crossed);
  }

  #markCrossed(offset: number, components: ShardEntry['components'], crossed: Uint32Array): void {
    if (crossed.length === 0) return;
    const positions = new Set(crossed);
    forEachIndex(components, (component, position) => {
      if (positions.has(position)) this.crossed[offset + component] = componentMark.crossed;
    });
  }

  #largest(parameter: number): number {
    let largest = 0;
    forEachComponent(this.#runsOf.get(parameter) ?? [], (component) => {
      const size = Math.abs(this.numeric[component]);
      if (size > largest) largest = size;
    });
    return largest;
  }
}

function lastShards(spec: CheckSpec, { blocks }: CompiledJob, plan: StagePlan): number[] {
  const last = spec.parameters.map(() => -1);
  for (const { start, count, index } of plan.shards) {
    for (const { block } of sliceBlocks(blocks, start, count)) {
      const parameters =
        block.kind === 'units' ? block.group.members.map(({ parameter }) => parameter) : [block.parameter];
      for (const parameter of parameters) last[parameter] = index;
    }
  }
  return last;
}

/** The marked components as runs. */
function crossedRuns(parameter: number, runs: readonly ComponentRun[], crossed: Uint8Array): ComponentRun[] {
  const found: { parameter: number; start: number; count: number }[] = [];
  forEachComponent(runs, (component) => {
    if (crossed[component] === 0) return;
    const last = found.at(-1);
    if (last !== undefined && last.start + last.count === component) last.count++;
    else found.push({ parameter, start: component, count: 1 });
  });
  return found;
}
