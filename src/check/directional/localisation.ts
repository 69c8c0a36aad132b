import type { CheckJob } from '../check-job.ts';
import type { CompiledJob } from '../compile-job.ts';
import type { Noise } from '../noise/noise.ts';
import type { StagePlan, SweepResult } from '../shard.ts';
import type { SweepState } from '../sweep/sweep-state.ts';
import type { Precision } from '../verdict/precision.ts';
import { largestMagnitude } from '../verdict/precision.ts';
import { Bisection } from './bisection.ts';
import { planBisect } from './plan-bisect.ts';
import type { Projection, ProjectionRule } from './projection.ts';

/**
 * The search for wrong components of all parameters that are checked along directions. It goes in rounds, each of
 * which is planned from what the rounds before it have brought; their shards are numbered through.
 */
export class Localisation {
  readonly #compiled: CompiledJob;
  readonly #sweep: SweepState;
  readonly #bisections = new Map<number, Bisection>();
  #noise: readonly Noise[] = [];
  #round: StagePlan | undefined;
  readonly #results = new Map<number, SweepResult>();
  /** Shards of the rounds that are over. */
  #shards = 0;

  /**
   * @param precisions per parameter of the spec
   * @param sweep holds the values of components that are moved by themselves
   */
  constructor(job: CheckJob, compiled: CompiledJob, precisions: readonly Precision[], sweep: SweepState) {
    this.#compiled = compiled;
    this.#sweep = sweep;
    for (const block of compiled.blocks) {
      if (block.kind !== 'directions') continue;
      const { parameter, flopsPerProbe, flopsPerComponent } = block;
      const rule = projectionRule(job, parameter, precisions[parameter]);
      const parts = { job, parameter, rule, numeric: sweep.numeric, flopsPerComponent };
      this.#bisections.set(parameter, new Bisection({ ...parts, flopsPerDirection: flopsPerProbe }));
    }
  }

  /** To be called before anything is accepted. */
  setNoise(noise: readonly Noise[]): void {
    this.#noise = noise;
  }

  /** Undefined for a parameter that is not checked along directions. */
  of(parameter: number): Bisection | undefined {
    return this.#bisections.get(parameter);
  }

  /** Takes projections of whole parameters, as the sweep brings them. */
  begin(projections: readonly Projection[]): void {
    for (const projection of projections) this.#bisections.get(projection.parameter)?.begin(projection);
  }

  /** The round to run now, once the sweep is complete; undefined when the search is over. */
  nextPlan(): StagePlan | undefined {
    if (this.#round === undefined) {
      const tasks = [...this.#bisections.values()].flatMap((bisection) => bisection.tasks);
      if (tasks.length > 0) this.#round = planBisect(this.#compiled, tasks, this.#shards, this.#noise);
    }
    return this.#round;
  }

  /**
   * Takes the result of a shard of the round that runs. Any other is of no use: it is known already, or of a later
   * round, which asks for it again.
   * @returns whether it was taken
   */
  accept(result: SweepResult): boolean {
    const round = this.nextPlan();
    const place = result.index - this.#shards;
    if (round === undefined || place < 0 || place >= round.shards.length) return false;
    if (this.#results.has(result.index)) return false;
    this.#results.set(result.index, result);
    if (this.#results.size === round.shards.length) this.#endRound(round);
    return true;
  }

  #endRound({ shards }: StagePlan): void {
    const results = [...this.#results.values()];
    for (const entry of results.flatMap(({ entries }) => entries)) this.#sweep.replace(entry);
    const projections = results.flatMap(({ projections = [] }) => projections);
    this.#round = undefined;
    this.#results.clear();
    this.#shards += shards.length;
    for (const [parameter, bisection] of this.#bisections) {
      if (bisection.tasks.length > 0)
        bisection.advance(projections.filter((projection) => projection.parameter === parameter));
    }
  }
}

function projectionRule(
  { spec, claimed }: CheckJob,
  parameter: number,
  precision: Precision,
): ProjectionRule {
  const { tolerance, floor } = precision;
  if (floor === 0) return { tolerance, floor };
  const { offset, size } = spec.parameters[parameter];
  return { tolerance, floor: floor * largestMagnitude(claimed.subarray(offset, offset + size)) };
}
