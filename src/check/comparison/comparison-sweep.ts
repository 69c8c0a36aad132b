import type { ProbeProgram } from '../../graph/probe-program.ts';
import type { JobView } from '../job-memory.ts';
import { type Noise, relativeNoise } from '../noise/noise.ts';
import type { Method } from '../settings.ts';
import { ComplexProbes } from '../sweep/complex-probes.ts';
import { ComponentProbes } from '../sweep/component-probes.ts';
import { comparedStep } from '../sweep/differences.ts';
import { plainDifferences } from '../sweep/plain-differences.ts';

/** Differentiates J by components of one parameter, by every method that is only to be shown. None is looked at again. */
export class ComparisonSweep {
  readonly #job: JobView;
  readonly #noise: Noise;
  readonly #probes: ComponentProbes;
  /** Where complex-step is among them. */
  readonly #complex: ComplexProbes | undefined;

  /** @param parameter position in `spec.parameters` */
  constructor(job: JobView, program: ProbeProgram, parameter: number, slot: number, noise: Noise) {
    this.#job = job;
    this.#noise = noise;
    const { parameters, settings } = job.spec;
    this.#probes = new ComponentProbes(job, program, parameters[parameter], slot);
    if (settings.compareMethods?.includes('complex-step'))
      this.#complex = new ComplexProbes(job, program, parameters[parameter], slot);
  }

  /** Evaluations of J made so far. */
  get evaluations(): number {
    return this.#probes.evaluations + (this.#complex?.evaluations ?? 0);
  }

  /**
   * @param components numbered in θ
   * @returns by each method that is compared, the derivatives; undefined when the job was cancelled
   */
  run(components: readonly number[]): Float64Array[] | undefined {
    const found: Float64Array[] = [];
    for (const method of this.#job.spec.settings.compareMethods ?? []) {
      const derivatives = this.#derivatives(method, components);
      if (derivatives === undefined) return undefined;
      found.push(derivatives);
    }
    return found;
  }

  #derivatives(method: Method, components: readonly number[]): Float64Array | undefined {
    const { epsilon } = this.#job.spec.settings;
    const noise = relativeNoise(this.#noise);
    const steps = Float64Array.from(components, (component) =>
      comparedStep(method, epsilon, this.#probes.theta(component), noise),
    );
    const quotients =
      method === 'complex-step'
        ? this.#complex?.derivatives(components, steps)
        : plainDifferences(this.#probes, method, components, steps);
    return quotients?.values;
  }
}
