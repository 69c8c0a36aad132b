import type { ProbeProgram } from '../graph/probe-program.ts';
import { ComplexSweep } from './complex-sweep.ts';
import { ComponentSweep } from './component-sweep.ts';
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
    const { stage, index } = shard;
    const entries: ShardEntry[] = [];
    let evaluations = 0;
    for (const slice of sliceBlocks(this.#job.compiled.blocks, shard.start, shard.count)) {
      const swept = this.#sweep(slice, slot);
      if (swept === undefined) return undefined;
      entries.push(...swept.entries);
      evaluations += swept.evaluations;
    }
    return { stage, index, entries, cost: this.#cost(slot), evaluations };
  }

  #prepare(index: number, slot: number): PrepareResult {
    return { stage: 'prepare', index, cost: this.#cost(slot), evaluations: 1 };
  }

  #cost(slot: number): number {
    return this.#job.floats[this.#job.baseValues(slot)[this.#job.spec.graph.cost].offset];
  }

  #refine(index: number, runs: readonly ComponentRun[], slot: number): ShardResult | undefined {
    const entries: ShardEntry[] = [];
    let evaluations = 0;
    for (const [parameter, own] of runsByParameter(runs)) {
      const swept = this.#components(this.#job.compiled.programs[parameter], own, 'replacement', slot);
      if (swept === undefined) return undefined;
      entries.push(...swept.entries);
      evaluations += swept.evaluations;
    }
    return { stage: 'refine', index, entries, evaluations };
  }

  #sweep({ block, start, count }: BlockSlice, slot: number): Swept | undefined {
    if (block.kind === 'components') {
      return this.#components(block.program, sliceRuns(block.runs, start, count), block.role, slot);
    }
    const sweep = new UnitSweep(this.#job, block.group, slot);
    const entries = sweep.run(start, count);
    return entries && { entries, evaluations: sweep.evaluations };
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
    const sweep = this.#componentSweep(program, parameter, slot);
    const swept = sweep.run(components);
    if (swept === undefined) return undefined;
    const { numeric, crossed } = swept;
    return {
      entries: [{ ...entry, numeric, crossed: Uint32Array.from(crossed) }],
      evaluations: sweep.evaluations,
    };
  }

  #componentSweep(program: ProbeProgram, parameter: number, slot: number): ComponentSweep | ComplexSweep {
    const { parameters, settings } = this.#job.spec;
    return settings.method === 'complex-step'
      ? new ComplexSweep(this.#job, program, parameters[parameter], slot)
      : new ComponentSweep(this.#job, program, parameters[parameter], settings.method, slot);
  }
}

interface Swept {
  readonly entries: readonly ShardEntry[];
  readonly evaluations: number;
}

function patternOf(components: readonly number[], offset: number): ShardEntry['components'] {
  const [first] = components;
  const last = components[components.length - 1];
  if (last - first === components.length - 1) {
    return { kind: 'blocks', start: first - offset, count: components.length, blocks: 1, stride: 0 };
  }
  return { kind: 'list', indices: Uint32Array.from(components, (component) => component - offset) };
}
