import type { ProbeProgram } from '../graph/probe-program.ts';
import { ComponentSweep } from './component-sweep.ts';
import type { BisectTask } from './directional/bisect-task.ts';
import { DirectionSweep } from './directional/direction-sweep.ts';
import type { DirectionsBlock } from './directional/directions-block.ts';
import type { Direction, Projection } from './directional/projection.ts';
import { JobView } from './job-memory.ts';
import { type ComponentRun, runsByParameter } from './selection.ts';
import type { PrepareResult, Shard, ShardEntry, ShardResult } from './shard.ts';
import { type BlockSlice, sliceBlocks, sliceRuns } from './sweep-block.ts';
import { UnitSweep } from './unit-sweep.ts';

/** Runs shards of one job on the calling thread. */
export class ShardRunner {
  readonly #job: JobView;

  /** @param memory what `createJobMemory` made */
  constructor(memory: WebAssembly.Memory, kernels: WebAssembly.Module) {
    this.#job = new JobView(memory, kernels);
  }

  /**
   * Runs one shard in the given slot, which is its own until it returns.
   * @returns undefined when the job was cancelled on the way.
   */
  run(shard: Shard, slot: number): ShardResult | undefined {
    if (shard.stage === 'prepare') return this.#prepare(shard.index, slot);
    if (shard.stage === 'refine') return this.#refine(shard.index, shard.runs, slot);
    if (shard.stage === 'bisect') return this.#bisect(shard.index, shard.tasks, slot);
    const { stage, index } = shard;
    const slices = sliceBlocks(this.#job.compiled.blocks, shard.start, shard.count);
    const swept = gather(slices, (slice) => this.#sweep(slice, slot));
    return swept && { stage, index, ...swept, cost: this.#cost(slot) };
  }

  #prepare(index: number, slot: number): PrepareResult {
    return { stage: 'prepare', index, cost: this.#cost(slot), evaluations: 1 };
  }

  #cost(slot: number): number {
    return this.#job.floats[this.#job.baseValues(slot)[this.#job.spec.graph.cost].offset];
  }

  #refine(index: number, runs: readonly ComponentRun[], slot: number): ShardResult | undefined {
    const swept = gather(runsByParameter(runs), ([parameter, own]) =>
      this.#components(this.#job.compiled.programs[parameter], own, 'replacement', slot),
    );
    return swept && { stage: 'refine', index, ...swept };
  }

  #bisect(index: number, tasks: readonly BisectTask[], slot: number): ShardResult | undefined {
    const swept = gather(tasks, (task) => {
      const { parameter } = task;
      if (task.kind === 'components')
        return this.#components(this.#job.compiled.programs[parameter], [task], 'replacement', slot);
      const { kind: _, ...direction } = task;
      const block = this.#job.compiled.blocks.find(
        (each): each is DirectionsBlock => each.kind === 'directions' && each.parameter === parameter,
      );
      if (block === undefined) throw new Error('a direction of a parameter that has none');
      return this.#directions(block, [direction], slot);
    });
    return swept && { stage: 'bisect', index, ...swept };
  }

  #sweep({ block, start, count }: BlockSlice, slot: number): Swept | undefined {
    if (block.kind === 'components') {
      return this.#components(block.program, sliceRuns(block.runs, start, count), block.role, slot);
    }
    if (block.kind === 'directions') {
      const { offset, size } = this.#job.spec.parameters[block.parameter];
      const directions = Array.from({ length: count }, (_, i): Direction => {
        return { parameter: block.parameter, vector: start + i, start: offset, count: size };
      });
      return this.#directions(block, directions, slot);
    }
    const sweep = new UnitSweep(this.#job, block.group, slot);
    const entries = sweep.run(start, count);
    return entries && { entries, evaluations: sweep.evaluations };
  }

  #directions(block: DirectionsBlock, directions: readonly Direction[], slot: number): Swept | undefined {
    const parameter = this.#job.spec.parameters[block.parameter];
    const sweep = new DirectionSweep(this.#job, block.program, parameter, slot);
    return gather(directions, (direction) => {
      const projection = sweep.measure(direction);
      return projection && { entries: [], projections: [projection], evaluations: projection.evaluations };
    });
  }

  #components(
    program: ProbeProgram | undefined,
    runs: readonly ComponentRun[],
    role: ShardEntry['role'],
    slot: number,
  ): Swept | undefined {
    const [{ parameter }] = runs;
    const { offset } = this.#job.spec.parameters[parameter];
    const components = runs.flatMap((run) => Array.from({ length: run.count }, (_, i) => run.start + i));
    const entry = { parameter, components: patternOf(components, offset), role };
    if (!program?.reachesCost) {
      const still = { ...entry, numeric: new Float64Array(components.length), crossed: new Uint32Array(0) };
      return { entries: [still], evaluations: 0 };
    }
    const sweep = new ComponentSweep(this.#job, program, this.#job.spec.parameters[parameter], slot);
    const swept = sweep.run(components);
    if (swept === undefined) return undefined;
    const { numeric, crossed } = swept;
    return {
      entries: [{ ...entry, numeric, crossed: Uint32Array.from(crossed) }],
      evaluations: sweep.evaluations,
    };
  }
}

interface Swept {
  readonly entries: readonly ShardEntry[];
  readonly projections?: readonly Projection[];
  readonly evaluations: number;
}

/** Puts together what comes of each item. @returns undefined when one of them was cancelled */
function gather<Item>(items: Iterable<Item>, sweep: (item: Item) => Swept | undefined): Swept | undefined {
  const entries: ShardEntry[] = [];
  const projections: Projection[] = [];
  let evaluations = 0;
  for (const item of items) {
    const swept = sweep(item);
    if (swept === undefined) return undefined;
    entries.push(...swept.entries);
    projections.push(...(swept.projections ?? []));
    evaluations += swept.evaluations;
  }
  return { entries, ...(projections.length === 0 ? {} : { projections }), evaluations };
}

function patternOf(components: readonly number[], offset: number): ShardEntry['components'] {
  const [first] = components;
  const last = components[components.length - 1];
  if (last - first === components.length - 1) {
    return { kind: 'blocks', start: first - offset, count: components.length, blocks: 1, stride: 0 };
  }
  return { kind: 'list', indices: Uint32Array.from(components, (component) => component - offset) };
}
