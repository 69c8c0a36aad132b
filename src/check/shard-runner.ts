import type { ProbeProgram } from '../graph/probe-program.ts';
import type { Kernels } from '../kernels/kernels.ts';
import { ComparisonSweep } from './comparison/comparison-sweep.ts';
import { SlopeSweep } from './diagnosis/slope-sweep.ts';
import type { SlopeGradient } from './diagnosis/slope-task.ts';
import { DirectionSweep } from './directional/direction-sweep.ts';
import type { DirectionsBlock } from './directional/directions-block.ts';
import type { Direction, Projection } from './directional/projection.ts';
import { JobView } from './job-memory.ts';
import { measureNoise } from './noise/measure-noise.ts';
import { type Noise, smallestNoise } from './noise/noise.ts';
import { type ComponentRun, runsByParameter } from './plan/selection.ts';
import { type BlockSlice, type ComparisonBlock, sliceBlocks, sliceRuns } from './plan/sweep-block.ts';
import { joinPreparation } from './preparation.ts';
import type {
  BisectShard,
  ComparedEntry,
  DiagnoseResult,
  DiagnoseShard,
  Preparation,
  PrepareResult,
  PrepareShard,
  RefineShard,
  Shard,
  ShardEntry,
  ShardResult,
  SweepResult,
  SweepShard,
} from './shard.ts';
import { ComponentSweep } from './sweep/component-sweep.ts';
import { UnitSweep } from './sweep/unit-sweep.ts';
import { ProvisionalRules } from './verdict/provisional-rules.ts';
import { readPointTraits } from './warnings/point-traits.ts';

/** Runs shards of one job on the calling thread. */
export class ShardRunner {
  readonly #job: JobView;
  readonly #rules: ProvisionalRules;

  /**
   * @param memory what `createJobMemory` made
   * @param kernels those on this memory
   */
  constructor(memory: WebAssembly.Memory, kernels: Kernels) {
    this.#job = new JobView(memory, kernels);
    this.#rules = new ProvisionalRules(this.#job);
  }

  /**
   * Runs one shard in the given slot, which is its own until it returns.
   * @returns undefined when the job was cancelled on the way.
   */
  run(shard: Shard, slot: number): ShardResult | undefined {
    switch (shard.stage) {
      case 'prepare':
        return this.#prepare(shard, slot);
      case 'sweep':
        return this.#sweep(shard, slot);
      case 'refine':
        return this.#refine(shard, slot);
      case 'bisect':
        return this.#bisect(shard, slot);
      case 'diagnose':
        return this.#diagnose(shard, slot);
    }
  }

  #prepare({ index, start, count }: Omit<PrepareShard, 'flops'>, slot: number): PrepareResult {
    const base = this.#job.baseValues(slot);
    const { noise, evaluations } = measureNoise(this.#job, slot, start, count);
    if (index > 0) return { stage: 'prepare', index, noise, evaluations };
    const cost = this.#job.floats[base[this.#job.spec.graph.cost].offset];
    const origin = { cost, traits: readPointTraits(this.#job, slot) };
    return { stage: 'prepare', index, noise, origin, evaluations: 1 + evaluations };
  }

  /** All of what must be known first. */
  #prepareWhole(slot: number): { readonly prepared: Preparation; readonly evaluations: number } {
    const parameters = this.#job.spec.parameters.length;
    const result = this.#prepare({ stage: 'prepare', index: 0, start: 0, count: parameters }, slot);
    return { prepared: joinPreparation([result]), evaluations: result.evaluations };
  }

  #sweep({ stage, index, start, count, noise }: SweepShard, slot: number): SweepResult | undefined {
    const preparation = noise === undefined ? this.#prepareWhole(slot) : undefined;
    const measured = noise ?? preparation?.prepared.noise;
    if (measured === undefined) return undefined;
    const { blocks, comparisons } = this.#job.compiled;
    const slices = sliceBlocks([...blocks, ...comparisons], start, count);
    const swept = gather(slices, (slice) => this.#block(slice, slot, measured));
    if (swept === undefined || preparation === undefined) return swept && { stage, index, ...swept };
    const evaluations = preparation.evaluations + swept.evaluations;
    return { stage, index, ...swept, evaluations, prepared: preparation.prepared };
  }

  #refine({ stage, index, runs, noise }: RefineShard, slot: number): SweepResult | undefined {
    const swept = gather(runsByParameter(runs).values(), (own) => this.#again(own, slot, noise));
    return swept && { stage, index, ...swept };
  }

  #bisect({ stage, index, tasks, noise }: BisectShard, slot: number): SweepResult | undefined {
    const swept = gather(tasks, (task) => {
      if (task.kind === 'components') return this.#again([task], slot, noise);
      const { kind: _, ...direction } = task;
      const block = this.#job.compiled.blocks.find(
        (each): each is DirectionsBlock =>
          each.kind === 'directions' && each.parameter === direction.parameter,
      );
      if (block === undefined) throw new Error('a direction of a parameter that has none');
      return this.#directions(block, [direction], slot, noise);
    });
    return swept && { stage, index, ...swept };
  }

  #diagnose({ stage, index, tasks, noise }: DiagnoseShard, slot: number): DiagnoseResult | undefined {
    const sweep = new SlopeSweep(this.#job, slot, noise);
    const gradients: SlopeGradient[] = [];
    for (const task of tasks) {
      const gradient = sweep.run(task);
      if (gradient === undefined) return undefined;
      gradients.push(gradient);
    }
    return { stage, index, gradients, evaluations: sweep.evaluations };
  }

  /** Moves components of one parameter by themselves, in place of what was known of them. */
  #again(runs: readonly ComponentRun[], slot: number, noise: readonly Noise[]): Swept | undefined {
    const program = this.#job.compiled.programs[runs[0].parameter];
    return this.#components(program, runs, { role: 'replacement', isWhole: true }, slot, noise);
  }

  #block({ block, start, count }: BlockSlice, slot: number, noise: readonly Noise[]): Swept | undefined {
    if (block.kind === 'components') {
      return this.#components(block.program, sliceRuns(block.runs, start, count), block, slot, noise);
    }
    if (block.kind === 'directions') {
      const { offset, size } = this.#job.spec.parameters[block.parameter];
      const directions = Array.from({ length: count }, (_, i): Direction => {
        return { parameter: block.parameter, vector: start + i, start: offset, count: size };
      });
      return this.#directions(block, directions, slot, noise);
    }
    if (block.kind === 'comparison')
      return this.#compare(block, sliceRuns(block.runs, start, count), slot, noise);
    // Its members feel what the units move of J; some of them other terms as well, which the units do not.
    const ofUnits = smallestNoise(block.group.members.map(({ parameter }) => noise[parameter]));
    const sweep = new UnitSweep(this.#job, block.group, slot, ofUnits);
    const entries = sweep.run(start, count);
    return entries && { entries, evaluations: sweep.evaluations };
  }

  #directions(
    { parameter, program }: DirectionsBlock,
    directions: readonly Direction[],
    slot: number,
    noise: readonly Noise[],
  ): Swept | undefined {
    const sweep = new DirectionSweep(
      this.#job,
      program,
      this.#job.spec.parameters[parameter],
      slot,
      noise[parameter],
    );
    return gather(directions, (direction) => {
      const projection = sweep.measure(direction);
      return projection && { entries: [], projections: [projection], evaluations: projection.evaluations };
    });
  }

  #components(
    program: ProbeProgram | undefined,
    runs: readonly ComponentRun[],
    { role, isWhole }: { readonly role: ShardEntry['role']; readonly isWhole: boolean },
    slot: number,
    noise: readonly Noise[],
  ): Swept | undefined {
    const [{ parameter }] = runs;
    const { offset } = this.#job.spec.parameters[parameter];
    const components = componentsOf(runs);
    const entry = { parameter, components: patternOf(components, offset), role };
    if (!program?.reachesCost) {
      const still = { ...entry, numeric: new Float64Array(components.length), crossed: new Uint32Array(0) };
      return { entries: [still], evaluations: 0 };
    }
    const rules = this.#rules;
    const sweep = new ComponentSweep({
      job: this.#job,
      program,
      parameter,
      slot,
      noise: noise[parameter],
      rules,
    });
    const swept = sweep.run(components, isWhole);
    return swept && { entries: [{ ...entry, ...swept }], evaluations: sweep.evaluations };
  }

  #compare(
    { parameter, program }: ComparisonBlock,
    runs: readonly ComponentRun[],
    slot: number,
    noise: readonly Noise[],
  ): Swept | undefined {
    // What does not move J has nothing but zeros, whatever the method.
    if (!program?.reachesCost) return { entries: [], evaluations: 0 };
    const components = componentsOf(runs);
    const sweep = new ComparisonSweep(this.#job, program, parameter, slot, noise[parameter]);
    const numeric = sweep.run(components);
    if (numeric === undefined) return undefined;
    const pattern = patternOf(components, this.#job.spec.parameters[parameter].offset);
    const compared = [{ parameter, components: pattern, numeric }];
    return { entries: [], compared, evaluations: sweep.evaluations };
  }
}

interface Swept {
  readonly entries: readonly ShardEntry[];
  readonly compared?: readonly ComparedEntry[];
  readonly projections?: readonly Projection[];
  readonly evaluations: number;
}

/** Puts together what comes of each item. @returns undefined when one of them was cancelled */
function gather<Item>(items: Iterable<Item>, sweep: (item: Item) => Swept | undefined): Swept | undefined {
  const entries: ShardEntry[] = [];
  const compared: ComparedEntry[] = [];
  const projections: Projection[] = [];
  let evaluations = 0;
  for (const item of items) {
    const swept = sweep(item);
    if (swept === undefined) return undefined;
    entries.push(...swept.entries);
    compared.push(...(swept.compared ?? []));
    projections.push(...(swept.projections ?? []));
    evaluations += swept.evaluations;
  }
  return {
    entries,
    ...(compared.length === 0 ? {} : { compared }),
    ...(projections.length === 0 ? {} : { projections }),
    evaluations,
  };
}

function componentsOf(runs: readonly ComponentRun[]): number[] {
  const components: number[] = [];
  for (const { start, count } of runs) for (let i = 0; i < count; i++) components.push(start + i);
  return components;
}

function patternOf(components: readonly number[], offset: number): ShardEntry['components'] {
  const [first] = components;
  const last = components[components.length - 1];
  if (last - first === components.length - 1) {
    return { kind: 'blocks', start: first - offset, count: components.length, blocks: 1, stride: 0 };
  }
  return { kind: 'list', indices: Uint32Array.from(components, (component) => component - offset) };
}
