import type { BoundProgram } from '../graph/bound-program.ts';
import type { ProbeProgram } from '../graph/probe-program.ts';
import type { Parameter } from './check-job.ts';
import { type DifferencePair, differencePairs, stepOf } from './differences.ts';
import { JobView } from './job-memory.ts';
import { ProbeList } from './probe-list.ts';
import type { ComponentRun } from './selection.ts';
import type { PrepareResult, Shard, ShardEntry, ShardResult } from './shard.ts';

/** Runs shards of one job on the calling thread. */
export class ShardRunner {
  readonly #job: JobView;
  readonly #probes: ProbeList;

  /** @param memory what `createJobMemory` made */
  constructor(memory: SharedArrayBuffer) {
    this.#job = new JobView(memory);
    this.#probes = new ProbeList(this.#job.spec);
  }

  /**
   * Runs one shard in the given slot, which is its own until it returns.
   * @returns undefined when the job was cancelled on the way.
   */
  run(shard: Shard, slot: number): ShardResult | undefined {
    return shard.stage === 'prepare' ? this.#prepare(shard, slot) : this.#sweep(shard, slot);
  }

  #prepare(shard: Shard, slot: number): PrepareResult {
    const base = this.#job.baseValues(slot);
    const cost = this.#job.floats[base[this.#job.spec.graph.cost].offset];
    return { stage: 'prepare', index: shard.index, cost, evaluations: 1 };
  }

  #sweep(shard: Shard, slot: number): ShardResult | undefined {
    const entries: ShardEntry[] = [];
    let evaluations = 0;
    for (const runs of byParameter(this.#probes.slice(shard.start, shard.count))) {
      const swept = this.#sweepParameter(runs, slot);
      if (swept === undefined) return undefined;
      entries.push(swept.entry);
      evaluations += swept.evaluations;
    }
    return { stage: 'sweep', index: shard.index, entries, evaluations };
  }

  /** The numeric derivatives of some components of one parameter. */
  #sweepParameter(runs: readonly ComponentRun[], slot: number) {
    const { spec, compiled } = this.#job;
    const [{ parameter }] = runs;
    const { offset } = spec.parameters[parameter];
    const components = runs.flatMap((run) => Array.from({ length: run.count }, (_, i) => run.start + i));
    const numeric = new Float64Array(components.length);
    const program = compiled.programs[parameter];
    let evaluations = 0;
    if (program?.reachesCost) {
      const sweep = new ParameterSweep(this.#job, program, spec.parameters[parameter], slot);
      for (let first = 0; first < components.length; first += program.width) {
        if (this.#job.cancelled) return undefined;
        evaluations += sweep.batch(components.slice(first, first + program.width), numeric.subarray(first));
      }
    }
    const entry: ShardEntry = { parameter, components: patternOf(components, offset), numeric };
    return { entry, evaluations };
  }
}

/** Moves the components of one parameter, batch by batch, in one slot. */
class ParameterSweep {
  readonly #job: JobView;
  readonly #program: BoundProgram;
  readonly #parameter: Parameter;
  readonly #pairs: readonly DifferencePair[];

  constructor(job: JobView, program: ProbeProgram, parameter: Parameter, slot: number) {
    this.#job = job;
    this.#program = program.bind(job.floats, job.baseValues(slot), job.scratch(slot));
    this.#parameter = parameter;
    this.#pairs = differencePairs[job.spec.settings.method];
  }

  /** Writes the derivative by each of the components (numbered in θ) to `numeric`. @returns evaluations of J made */
  batch(components: readonly number[], numeric: Float64Array): number {
    let evaluations = 0;
    const count = components.length;
    for (const pair of this.#pairs) {
      const minusIsBase = pair.minus === 0;
      const distances = components.map((component, lane) => this.#move(component, lane, count, pair));
      this.#program.run(count, minusIsBase);
      for (let lane = 0; lane < count; lane++)
        numeric[lane] += pair.weight * (this.#program.differences[lane] / distances[lane]);
      evaluations += count * (minusIsBase ? 1 : 2);
    }
    return evaluations;
  }

  /** Writes one component's values to both lanes of its pair. @returns the distance really moved, in floating point */
  #move(component: number, lane: number, pairs: number, pair: DifferencePair): number {
    const { floats, layout, spec } = this.#job;
    const theta = floats[layout.theta + component];
    const step = stepOf(spec.settings.epsilon, theta);
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

/** Neighbouring runs of one parameter, together. */
function byParameter(runs: readonly ComponentRun[]): ComponentRun[][] {
  const groups: ComponentRun[][] = [];
  for (const run of runs) {
    const last = groups.at(-1);
    if (last !== undefined && last[0].parameter === run.parameter) last.push(run);
    else groups.push([run]);
  }
  return groups;
}

function patternOf(components: readonly number[], offset: number): ShardEntry['components'] {
  const [first] = components;
  const last = components[components.length - 1];
  if (last - first === components.length - 1) {
    return { kind: 'blocks', start: first - offset, count: components.length, blocks: 1, stride: 0 };
  }
  return { kind: 'list', indices: Uint32Array.from(components, (component) => component - offset) };
}
