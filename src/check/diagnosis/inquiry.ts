import { activationsBetween } from '../../graph/activations.ts';
import type { CheckJob } from '../check-job.ts';
import type { CompiledJob } from '../compile-job.ts';
import type { Noise } from '../noise/noise.ts';
import type { DiagnoseResult, StagePlan } from '../shard.ts';
import { diagnose, type JobDiagnosis } from './diagnose.ts';
import type { DiagnosedParameter } from './diagnosed-parameter.ts';
import { planDiagnose } from './plan-diagnose.ts';
import { readContext } from './read-context.ts';
import { slopeVariants } from './slope-variant.ts';

const NO_PLAN: StagePlan = { stage: 'diagnose', probes: 0, shards: [] };

/**
 * The search for why a gradient is wrong. First it looks at what the check has found; only where that leaves a
 * parameter unexplained it asks for variants of J, in the stage `diagnose`.
 */
export class Inquiry {
  readonly #job: CheckJob;
  readonly #parameters: readonly DiagnosedParameter[];
  readonly #plan: StagePlan;
  readonly #results = new Map<number, DiagnoseResult>();
  #diagnosis: JobDiagnosis;

  /** @param noise of J, by parameter of the spec */
  constructor(
    job: CheckJob,
    compiled: CompiledJob,
    parameters: readonly DiagnosedParameter[],
    noise: readonly Noise[],
  ) {
    this.#job = job;
    this.#parameters = parameters;
    this.#diagnosis = diagnose(parameters, readContext(job));
    const unexplained = [...this.#diagnosis.parameters].flatMap(([name, [first]]) =>
      first?.certainty === 'fact' ? [] : [name],
    );
    const { spec } = job;
    const isOpen = activationsBetween(spec.graph, new Set(unexplained)).length > 0;
    this.#plan = isOpen ? planDiagnose({ spec, compiled, noise, parameters, unexplained }) : NO_PLAN;
  }

  /** The stage to run now; undefined when there is no more to find out. */
  nextPlan(): StagePlan | undefined {
    return this.#results.size < this.#plan.shards.length ? this.#plan : undefined;
  }

  /** @returns whether the result was not known yet */
  accept(result: DiagnoseResult): boolean {
    if (this.#results.has(result.index) || result.index >= this.#plan.shards.length) return false;
    this.#results.set(result.index, result);
    if (this.#results.size === this.#plan.shards.length) this.#conclude();
    return true;
  }

  /** What was found out, once there is no plan left. */
  get diagnosis(): JobDiagnosis {
    return this.#diagnosis;
  }

  get parameters(): readonly DiagnosedParameter[] {
    return this.#parameters;
  }

  #conclude(): void {
    const gradients = [...this.#results].sort(([a], [b]) => a - b).flatMap(([, result]) => result.gradients);
    const names = this.#job.spec.parameters.map(({ name }) => name);
    const context = readContext(this.#job, slopeVariants(gradients, names));
    this.#diagnosis = diagnose(this.#parameters, context);
  }
}
