import { KinkWatch } from '../../graph/complex/kink-watch.ts';
import { ComplexProgram } from '../../graph/complex-program.ts';
import type { ProbeProgram } from '../../graph/probe-program.ts';
import { unravel } from '../../tensors/tensor.ts';
import type { Parameter } from '../check-job.ts';
import type { JobView } from '../job-memory.ts';
import type { Quotients } from './component-probes.ts';

/** How near a kink is said to be crossed, times max(1, |θᵢ|): about the smallest step that differences are retried with. */
const NEAR_KINK = 1e-8;

/**
 * Moves components of one parameter off the real axis, one by one, in one slot: ∂J/∂θᵢ = Im J(θ + ih·eᵢ)/h (Squire and
 * Trapp, SIAM Review 40(1), 1998; Martins, Sturdza and Alonso, ACM Transactions on Mathematical Software 29(3), 2003).
 */
export class ComplexProbes {
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
   * @param components numbered in θ
   * @param steps h of each
   * @returns the derivatives, and 1 where a kink is near; undefined when the job was cancelled
   */
  derivatives(components: readonly number[], steps: Float64Array): Quotients | undefined {
    const values = new Float64Array(components.length);
    const crossed = new Uint32Array(components.length);
    for (let i = 0; i < components.length; i++) {
      if (this.#job.cancelled) return undefined;
      const { derivative, isNearKink } = this.#differentiate(components[i], steps[i]);
      values[i] = derivative;
      crossed[i] = isNearKink ? 1 : 0;
    }
    return { values, crossed };
  }

  #differentiate(component: number, step: number): { derivative: number; isNearKink: boolean } {
    const { floats, layout } = this.#job;
    const { offset, shape } = this.#parameter;
    const theta = floats[layout.theta + component];
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
