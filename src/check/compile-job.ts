import { isLeaf } from '../graph/graph.ts';
import { PACKING_FLOATS } from '../graph/heap.ts';
import { Lazy } from '../graph/lazy.ts';
import { findOp } from '../graph/ops/registry.ts';
import type { ProbeProgram } from '../graph/probe-program.ts';
import type { Tape } from '../graph/tape.ts';
import { sizeOf } from '../tensors/tensor.ts';
import type { CheckSpec } from './check-job.ts';
import type { ComparisonBlock, SweepBlock } from './plan/sweep-block.ts';
import { type SweepDesign, SweepDesigner } from './plan/sweep-design.ts';
import { type Strategy, strategies } from './settings.ts';
import { KeptValues } from './sweep/kept-values.ts';

/** A compiled job: its tape, a program for every parameter, and the design of its sweep. */
export interface CompiledJob {
  readonly tape: Tape;
  /** Moves each parameter of the spec by itself; undefined where the graph does not mention it. */
  readonly programs: readonly (ProbeProgram | undefined)[];
  /** Moves each checked parameter as a whole, or a large part of it, to measure the noise of J. */
  readonly noisePrograms: readonly (ProbeProgram | undefined)[];
  /** Per parameter of the spec. */
  readonly strategies: readonly Strategy[];
  readonly blocks: readonly SweepBlock[];
  /** Swept after the blocks, and cut into shards of their own: whether there are any changes nothing of the check. */
  readonly comparisons: readonly ComparisonBlock[];
  /** What every strategy would make of it, by its name; empty for a job too small for a choice. */
  readonly designs: Lazy<ReadonlyMap<Strategy, SweepDesign>>;
  /** float64s of scratch that any shard of the job needs. */
  readonly scratchSize: number;
  /** float64s that products of large matrices need for packing: none where all are small. */
  readonly packingSize: number;
}

// A job is estimated, laid out and planned one after the other: its graph is compiled once for all three.
const compiledSpecs = new WeakMap<CheckSpec, CompiledJob>();

/** Small jobs come again and again with other numbers: what was compiled of so many of them is kept, by content. */
const KEPT = 32;
/** Values of all nodes together, and nodes times parameters, of a job that counts as small: tables grow with both. */
const MOST_KEPT_VALUES = 100_000;
const MOST_KEPT_PATHS = 5_000;
const compiledContents = new KeptValues<CompiledJob>(KEPT);

/** Specs that are compiled as others are. */
const originals = new WeakMap<CheckSpec, CheckSpec>();

/** Tells that a spec differs from another in nothing that is compiled, so that it need not be compiled again. */
export function compileAs(spec: CheckSpec, original: CheckSpec): void {
  originals.set(spec, original);
}

/** Compiles a job. A pure function of the spec, remembered. */
export function compileJob(spec: CheckSpec): CompiledJob {
  const known = compiledSpecs.get(spec);
  if (known !== undefined) return known;
  const original = originals.get(spec);
  if (original !== undefined) return compileJob(original);
  const compiled = isSmall(spec) ? compileKept(spec) : compile(spec);
  compiledSpecs.set(spec, compiled);
  return compiled;
}

function isSmall({ graph, parameters }: CheckSpec): boolean {
  const values = graph.nodes.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  return values <= MOST_KEPT_VALUES && graph.nodes.length * parameters.length <= MOST_KEPT_PATHS;
}

function compileKept(spec: CheckSpec): CompiledJob {
  // Names of jobs and their labels, and the values of constants, do not matter here.
  const { parameters, data, settings, graph } = spec;
  const content = JSON.stringify([graph.nodes, graph.cost, parameters, data, settings]);
  return compiledContents.of(content, () => compile(spec));
}

function compile(spec: CheckSpec): CompiledJob {
  const designer = new SweepDesigner(spec);
  const { tape, programs, noisePrograms } = designer;
  const designs = new Lazy(
    () =>
      new Map(
        designer.isWorthAChoice ? strategies.map((strategy) => [strategy, designer.design(strategy)]) : [],
      ),
  );
  const design = designer.design();
  return {
    tape,
    programs,
    noisePrograms,
    ...design,
    comparisons: designer.comparisons(),
    designs,
    scratchSize: scratchSizeOf({ programs, noisePrograms, blocks: design.blocks }),
    packingSize: packingSizeOf(tape),
  };
}

function scratchSizeOf({
  programs,
  noisePrograms,
  blocks,
}: Pick<CompiledJob, 'programs' | 'noisePrograms' | 'blocks'>): number {
  const sizes = blocks.map((block) =>
    block.kind === 'units' ? block.group.scratchSize : (block.program?.scratchSize ?? 0),
  );
  const all = [...programs, ...noisePrograms].map((program) => program?.scratchSize ?? 0);
  return Math.max(0, ...sizes, ...all);
}

/** Lanes that a product may be taken of at once, both sides of each pair. */
const MOST_LANES = 128;
/** Products of fewer multiplications than this are never packed. */
const UNPACKED = 20_000;

function packingSizeOf({ graph }: Tape): number {
  const isLarge = graph.nodes.some((node) => {
    if (isLeaf(node) || !findOp(node.op).packs) return false;
    const shapes = node.inputs.map((input) => graph.nodes[input].shape);
    return (MOST_LANES * findOp(node.op).flops(shapes, node.attributes, node.shape)) / 2 > UNPACKED;
  });
  return isLarge ? PACKING_FLOATS : 0;
}
