import type { CheckJob } from '../../src/check/check-job.ts';
import { createJobMemory } from '../../src/check/job-memory.ts';
import { viewJob } from '../fixtures/on-kernels.ts';

/** Differences of J that are taken by evaluating all of it at every point: as plain as can be. */
export class NaiveDifferences {
  readonly #view: ReturnType<typeof viewJob>;
  readonly #cost: number;

  constructor(job: CheckJob) {
    this.#view = viewJob(createJobMemory(job, 1));
    this.#cost = job.spec.graph.cost;
  }

  /** (J(θ+h) − J(θ−h)) over the distance really moved. */
  central(component: number, step: number): number {
    const plus = this.#at(component, step);
    const minus = this.#at(component, -step);
    return (plus.cost - minus.cost) / (plus.theta - minus.theta);
  }

  /** (8(J₊₁ − J₋₁) − (J₊₂ − J₋₂)) / 12h. */
  fivePoint(component: number, step: number): number {
    const near = this.#at(component, step).cost - this.#at(component, -step).cost;
    const far = this.#at(component, 2 * step).cost - this.#at(component, -2 * step).cost;
    return (8 * near - far) / (12 * step);
  }

  get cost(): number {
    return this.#at(0, 0).cost;
  }

  #at(component: number, move: number): { readonly theta: number; readonly cost: number } {
    const { floats, layout, compiled } = this.#view;
    const base = this.#view.baseValues(0);
    const place = layout.theta + component;
    const still = floats[place];
    const theta = still + move;
    floats[place] = theta;
    compiled.tape.evaluateBase(this.#view.heap(0), base);
    floats[place] = still;
    return { theta, cost: floats[base[this.#cost].offset] };
  }
}
