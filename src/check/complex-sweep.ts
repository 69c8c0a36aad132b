import { KinkWatch } from '../graph/complex/kink-watch.ts';
import { ComplexProgram } from '../graph/complex-program.ts';
import type { ProbeProgram } from '../graph/probe-program.ts';
import { unravel } from '../tensors/tensor.ts';
import type { Parameter } from './check-job.ts';
import type { JobView } from './job-memory.ts';

/** The imaginary step, where none is given: nothing is subtracted, so it can be so small that its square is lost. */
const COMPLEX_STEP = 1e-20;

/** How near a kink is said to be crossed, times max(1, |θᵢ|): about the smallest step that differences are retried with. */
const NEAR_KINK = 1e-8;

/**
 * Moves components of one parameter off the real axis, in one slot: ∂J/∂θᵢ = Im J(θ + ih·eᵢ)/h (Squire and Trapp, SIAM
 * Review 40(1), 1998; Martins, Sturdza and Alonso, ACM Transactions on Mathematical Software 29(3), 2003).
 */
export class ComplexSweep {
  /** Evaluations of J made so far. */
  evaluations = 0;
  readonly #job: JobView;
  readonly #program: ComplexProgram;
  readonly #parameter: Parameter;

  constructor(job: JobView, { path, start }: ProbeProgram, parameter: Parameter, slot: number) {
    this.#job = job;
    this.#program = new ComplexProgram(job.spec.graph, path, start, job.floats, job.baseValues(slot));
    this.#parameter = parameter;
  }

  /**
   * The derivatives by these components (numbered in θ), and at which positions a kink is near.
   * @returns undefined when the job was cancelled
   */
  run(components: readonly number[]): { numeric: Float64Array; crossed: number[] } | undefined {
    const numeric = new Float64Array(components.length);
    const crossed: number[] = [];
    for (const [position, component] of components.entries()) {
      if (this.#job.cancelled) return undefined;
      const { derivative, isNearKink } = this.#differentiate(component);
      numeric[position] = derivative;
      if (isNearKink) crossed.push(position);
    }
    return { numeric, crossed };
  }

  #differentiate(component: number): { derivative: number; isNearKink: boolean } {
    const { floats, layout, spec } = this.#job;
    const { offset, shape } = this.#parameter;
    const theta = floats[layout.theta + component];
    const step = spec.settings.epsilon === 'auto' ? COMPLEX_STEP : spec.settings.epsilon;
    const near = Math.max(step, NEAR_KINK * Math.max(1, Math.abs(theta)));
    const kinks = new KinkWatch(near / step);
    this.#program.start.re[0] = theta;
    this.#program.start.im[0] = step;
    this.#program.coordinates.set(unravel(component - offset, shape));
    const cost = this.#program.run(kinks);
    this.evaluations++;
    // Where J itself is not finite it has no derivative, whatever its imaginary part.
    const derivative = Number.isFinite(cost.re) ? cost.im / step : Number.NaN;
    return { derivative, isNearKink: kinks.crossed };
  }
}
