import type { BoundProgram } from '../graph/bound-program.ts';
import type { ProbeProgram } from '../graph/probe-program.ts';
import type { Parameter } from './check-job.ts';
import { type DifferencePair, differencePairs, RETRY_STEPS, stepOf } from './differences.ts';
import type { JobView } from './job-memory.ts';
import type { DifferenceMethod } from './settings.ts';

/** Moves components of one parameter, batch by batch, in one slot. */
export class ComponentSweep {
  /** Evaluations of J made so far. */
  evaluations = 0;
  readonly #job: JobView;
  readonly #program: BoundProgram;
  readonly #width: number;
  readonly #parameter: Parameter;
  readonly #method: DifferenceMethod;

  constructor(
    job: JobView,
    program: ProbeProgram,
    parameter: Parameter,
    method: DifferenceMethod,
    slot: number,
  ) {
    this.#job = job;
    this.#program = program.bind(job.heap(slot), job.baseValues(slot), job.scratch(slot));
    this.#width = program.width;
    this.#parameter = parameter;
    this.#method = method;
  }

  /**
   * The derivatives by these components (numbered in θ), and at which positions a kink was crossed. With an automatic
   * step those are tried again with smaller ones; a step that was given is used exactly.
   * @returns undefined when the job was cancelled
   */
  run(components: readonly number[]): { numeric: Float64Array; crossed: number[] } | undefined {
    const numeric = new Float64Array(components.length);
    let doubtful = this.#sweep(components, allPositions(components), 1, numeric);
    if (this.#job.spec.settings.epsilon !== 'auto') return doubtful && { numeric, crossed: doubtful };
    for (const factor of RETRY_STEPS) {
      if (doubtful === undefined || doubtful.length === 0) break;
      const again = new Float64Array(components.length);
      const tried: readonly number[] = doubtful;
      doubtful = this.#sweep(components, tried, factor, again);
      const stillCrossed = new Set(doubtful);
      for (const position of tried) if (!stillCrossed.has(position)) numeric[position] = again[position];
    }
    return doubtful && { numeric, crossed: doubtful };
  }

  /** @returns the positions at which a kink was crossed, or undefined when cancelled. */
  #sweep(
    components: readonly number[],
    positions: readonly number[],
    factor: number,
    numeric: Float64Array,
  ): number[] | undefined {
    const crossed: number[] = [];
    for (let first = 0; first < positions.length; first += this.#width) {
      if (this.#job.cancelled) return undefined;
      crossed.push(...this.#batch(components, positions.slice(first, first + this.#width), factor, numeric));
    }
    return crossed;
  }

  #batch(
    components: readonly number[],
    positions: readonly number[],
    factor: number,
    numeric: Float64Array,
  ): number[] {
    const crossed = new Set<number>();
    const count = positions.length;
    for (const pair of differencePairs[this.#method]) {
      const minusIsBase = pair.minus === 0;
      const distances = positions.map((position, lane) =>
        this.#move(components[position], lane, count, pair, factor),
      );
      this.#program.run(count, minusIsBase);
      positions.forEach((position, lane) => {
        numeric[position] += pair.weight * (this.#program.differences[lane] / distances[lane]);
        if (this.#program.crossed[lane] !== 0) crossed.add(position);
      });
      this.evaluations += count * (minusIsBase ? 1 : 2);
    }
    return [...crossed];
  }

  /** Writes one component's values to both lanes of its pair. @returns the distance really moved, in floating point */
  #move(component: number, lane: number, pairs: number, pair: DifferencePair, factor: number): number {
    const { floats, layout, spec } = this.#job;
    const theta = floats[layout.theta + component];
    const step = factor * stepOf(spec.settings.epsilon, this.#method, theta);
    const plus = theta + pair.plus * step;
    const minus = theta + pair.minus * step;
    this.#write(lane, component, plus);
    if (pair.minus !== 0) this.#write(pairs + lane, component, minus);
    return plus - minus;
  }

  #write(lane: number, component: number, value: number): void {
    const { shape, offset } = this.#parameter;
    this.#job.floats[this.#program.startOf(lane)] = value;
    let rest = component - offset;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      this.#program.coordinates[lane * shape.length + axis] = rest % shape[axis];
      rest = Math.floor(rest / shape[axis]);
    }
  }
}

function allPositions(list: readonly unknown[]): number[] {
  return list.map((_, position) => position);
}
