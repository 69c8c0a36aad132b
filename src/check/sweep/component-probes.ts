import type { BoundProgram } from '../../graph/bound-program.ts';
import type { ProbeProgram } from '../../graph/probe-program.ts';
import type { Parameter } from '../check-job.ts';
import type { JobView } from '../job-memory.ts';

/** Difference quotients by some components. */
export interface Quotients {
  /** (J(θ + plus·h) − J(θ + minus·h)) over the distance really moved. */
  readonly values: Float64Array;
  /** Entries of piecewise ops where another piece was active than at θ, on either side. */
  readonly crossed: Uint32Array;
}

/** Moves components of one parameter, batch by batch, in one slot. */
export class ComponentProbes {
  /** Evaluations of J made so far. */
  evaluations = 0;
  readonly #job: JobView;
  readonly #program: BoundProgram;
  readonly #width: number;
  readonly #parameter: Parameter;

  constructor(job: JobView, program: ProbeProgram, parameter: Parameter, slot: number) {
    this.#job = job;
    // A program of a graph altered by `withUnitSlope` has the same base values.
    this.#program = program.bind(job.heap(slot), job.baseValues(slot), job.scratch(slot));
    this.#width = program.width;
    this.#parameter = parameter;
  }

  /** θ of a component, numbered in θ. */
  theta(component: number): number {
    return this.#job.floats[this.#job.layout.theta + component];
  }

  /**
   * @param components numbered in θ
   * @param steps h of each
   * @param plus, minus the two points, in steps from θ; not both 0, and plus not 0
   * @returns undefined when the job was cancelled
   */
  quotients(
    components: ArrayLike<number>,
    steps: Float64Array,
    { plus, minus }: { readonly plus: number; readonly minus: number },
  ): Quotients | undefined {
    const values = new Float64Array(components.length);
    const crossed = new Uint32Array(components.length);
    const distances = new Float64Array(this.#width);
    const minusIsBase = minus === 0;
    for (let first = 0; first < components.length; first += this.#width) {
      if (this.#job.cancelled) return undefined;
      const count = Math.min(this.#width, components.length - first);
      for (let lane = 0; lane < count; lane++) {
        const component = components[first + lane];
        const theta = this.theta(component);
        const high = theta + plus * steps[first + lane];
        const low = theta + minus * steps[first + lane];
        this.#write(lane, component, high);
        if (!minusIsBase) this.#write(count + lane, component, low);
        distances[lane] = high - low;
      }
      this.#program.run(count, minusIsBase);
      for (let lane = 0; lane < count; lane++) {
        values[first + lane] = this.#program.differences[lane] / distances[lane];
        crossed[first + lane] = this.#program.crossed[lane];
      }
      this.evaluations += count * (minusIsBase ? 1 : 2);
    }
    return { values, crossed };
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
