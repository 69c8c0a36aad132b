import { isLeaf } from '../../graph/graph.ts';
import { ProbeProgram } from '../../graph/probe-program.ts';
import { pointRegion } from '../../graph/region.ts';
import { Tape } from '../../graph/tape.ts';
import { withUnitSlope } from '../../graph/unit-slope.ts';
import type { JobView } from '../job-memory.ts';
import { type Noise, relativeNoise } from '../noise/noise.ts';
import { ComponentProbes } from '../sweep/component-probes.ts';
import { stepOf } from '../sweep/differences.ts';
import type { SlopeGradient, SlopeTask } from './slope-task.ts';

const CENTRAL = { plus: 1, minus: -1 };

/** Differentiates variants of J in which one activation has slope 1, by central differences with automatic steps. */
export class SlopeSweep {
  /** Evaluations made so far. */
  evaluations = 0;
  readonly #job: JobView;
  readonly #slot: number;
  readonly #noise: readonly Noise[];

  /** @param noise of J itself, by parameter */
  constructor(job: JobView, slot: number, noise: readonly Noise[]) {
    this.#job = job;
    this.#slot = slot;
    this.#noise = noise;
  }

  /** @returns undefined when the job was cancelled; NaNs where the variant takes more memory than there is */
  run(task: SlopeTask): SlopeGradient | undefined {
    const parameter = this.#job.spec.parameters[task.parameter];
    const program = this.#program(task);
    if (program === undefined)
      return { ...task, numeric: new Float64Array(task.components.length).fill(NaN) };
    const probes = new ComponentProbes(this.#job, program, parameter, this.#slot);
    const components = task.components.map((component) => parameter.offset + component);
    const noise = relativeNoise(this.#noise[task.parameter]);
    const steps = Float64Array.from(components, (component) =>
      stepOf('central', 'auto', probes.theta(component), noise),
    );
    const quotients = probes.quotients(components, steps, CENTRAL);
    this.evaluations += probes.evaluations;
    return quotients && { ...task, numeric: quotients.values };
  }

  #program({ activation, parameter }: SlopeTask): ProbeProgram | undefined {
    const { spec, compiled } = this.#job;
    const { name, shape } = spec.parameters[parameter];
    const leaf = spec.graph.nodes.findIndex(
      (node) => isLeaf(node) && node.op === 'parameter' && node.name === name,
    );
    const scratch = compiled.scratchSize;
    const tape = new Tape(withUnitSlope(spec.graph, activation));
    const program = new ProbeProgram(tape, { node: leaf }, pointRegion(shape), [], scratch);
    return program.scratchSize > scratch ? undefined : program;
  }
}
