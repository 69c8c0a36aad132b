import { type CheckJob, componentCount } from '../../src/check/check-job.ts';
import { createJobMemory, JobView } from '../../src/check/job-memory.ts';
import { randomStream } from '../../src/check/random.ts';
import type { Operand } from '../../src/graph/op.ts';
import { instantiateKernels } from '../../src/kernels/kernels.ts';
import { loadKernelModule } from '../../src/kernels/load-module.ts';
import type { Contender, Timing } from './contender.ts';

const STEP = 6e-6;
const WARM_UP_EVALUATIONS = 2;
/** Relative to the largest component: a coarse look that the loop computes what it should. */
const TOLERANCE = 1e-4;

/**
 * What an ordinary checker does, on our own graph: the whole of it evaluated twice for each component, one component
 * after the other on one thread. A seeded sample is timed and extrapolated.
 */
export class NaiveLoop implements Contender {
  readonly name = 'naive loop over the same graph';
  readonly threads = 1;
  readonly #job: CheckJob;
  readonly #seconds: number;
  readonly #view: JobView;
  readonly #operands: readonly Operand[];

  /** @param seconds about how long one run may take */
  constructor(job: CheckJob, seconds: number) {
    this.#job = job;
    this.#seconds = seconds;
    const memory = createJobMemory(job, 1);
    this.#view = new JobView(memory, instantiateKernels(loadKernelModule(), memory));
    this.#operands = this.#view.baseValues(0);
    for (let i = 0; i < WARM_UP_EVALUATIONS; i++) this.#evaluate();
  }

  async run(): Promise<Timing> {
    const { spec, claimed } = this.#job;
    const total = componentCount(spec);
    const largest = claimed.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const random = randomStream(1);
    let components = 0;
    let wrong = 0;
    let seconds = 0;
    const started = performance.now();
    while (seconds < this.#seconds) {
      const component = Math.floor(random() * total);
      if (Math.abs(this.#derivative(component) - claimed[component]) > TOLERANCE * largest) wrong++;
      components++;
      seconds = (performance.now() - started) / 1000;
    }
    const found = wrong === 0 ? 'pass' : `${wrong} differ`;
    return { components, seconds, wholeSeconds: (seconds / components) * total, found };
  }

  #derivative(component: number): number {
    const { floats, layout } = this.#view;
    const place = layout.theta + component;
    const theta = floats[place];
    const [above, below] = [theta + STEP, theta - STEP];
    floats[place] = above;
    const costAbove = this.#evaluate();
    floats[place] = below;
    const costBelow = this.#evaluate();
    floats[place] = theta;
    return (costAbove - costBelow) / (above - below);
  }

  /** J at what the memory holds as θ. */
  #evaluate(): number {
    const { compiled, floats, spec } = this.#view;
    compiled.tape.evaluateBase(this.#view.heap(0), this.#operands);
    return floats[this.#operands[spec.graph.cost].offset];
  }
}
