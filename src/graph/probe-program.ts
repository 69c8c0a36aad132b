import { type Shape, sizeOf } from '../tensors/tensor.ts';
import { BoundProgram } from './bound-program.ts';
import { CostWeights } from './cost-weights.ts';
import { isLeaf, type NodeId, type OpNode } from './graph.ts';
import { type LaneBuffer, placeBuffers } from './lane-buffers.ts';
import { Lazy } from './lazy.ts';
import { type MovedPath, movedPath } from './moved-path.ts';
import type { Kernel, Op, Operand } from './op.ts';
import { findOp } from './ops/registry.ts';
import { compactShape, FREE, isWhole, type Region, RegionMap, sameRegion } from './region.ts';
import { spreadWhole } from './spread.ts';
import type { Tape } from './tape.ts';

/** One thing done for every lane of a batch. */
export type ProgramStep =
  /** Copies a region of a node's base values into a row of each lane. */
  | { readonly kind: 'gather'; readonly node: NodeId; readonly map: RegionMap; readonly to: LaneBuffer }
  /** Copies moved values over the base values gathered in a wider region. `within` is where, seen from that region. */
  | { readonly kind: 'widen'; readonly from: LaneBuffer; readonly within: RegionMap; readonly to: LaneBuffer }
  /** Takes the base values of the same region off. */
  | {
      readonly kind: 'change';
      readonly from: LaneBuffer;
      readonly node: NodeId;
      readonly map: RegionMap;
      readonly to: LaneBuffer;
    }
  | {
      readonly kind: 'op';
      readonly kernel: Lazy<Kernel>;
      readonly inputs: readonly StepInput[];
      readonly to: LaneBuffer;
    };

/** A lane's own values, or the base values of a whole node. */
export type StepInput = { readonly buffer: LaneBuffer } | { readonly node: NodeId };

/** A frontier node's moved region: where ΔJ is read off. */
export interface FrontierRead {
  readonly node: NodeId;
  readonly map: RegionMap;
  readonly buffer: LaneBuffer;
}

/**
 * Evaluates J at many probes at once. A probe moves a region of one node (a component of a parameter, a unit of a
 * layer's output); only what the move reaches is evaluated again, and of each node only the region that it reaches.
 * A batch holds up to `width` pairs of points (x₊, x₋); with n pairs, lane k is pair k's plus side and lane n + k its
 * minus side. ΔJ is read off at the path's frontier (see `MovedPath`, `CostWeights`).
 */
export class ProbeProgram {
  readonly path: MovedPath;
  readonly start: Region;
  readonly startSize: number;
  /** Pairs in a batch: a constant of the graph and the start, never of the machine. */
  readonly width: number;
  /** float64s of scratch that a batch needs. */
  readonly scratchSize: number;
  /** Floating-point operations of one pair, by a static count. */
  readonly flopsPerPair: number;
  readonly weights: CostWeights;
  readonly steps: readonly ProgramStep[];
  readonly frontier: readonly FrontierRead[];
  readonly startBuffer: LaneBuffer;

  constructor(tape: Tape, node: NodeId, start: Region) {
    this.path = movedPath(tape.graph, node);
    this.start = start;
    this.startSize = sizeOf(compactShape(start));
    this.weights = new CostWeights(tape.graph, this.path);
    const planner = new Planner(tape, node, start);
    for (const id of this.path.evaluated) planner.evaluate(id);
    this.frontier = this.path.frontier.map((id) => planner.read(id));
    this.startBuffer = planner.startBuffer;
    this.steps = planner.steps;
    const perLane = placeBuffers(planner.buffers);
    this.width = batchWidth(2 * perLane);
    this.scratchSize = this.weights.size + 2 * this.width * perLane;
    this.flopsPerPair = 2 * planner.flops;
  }

  /** Whether the start moves J at all. */
  get reachesCost(): boolean {
    return this.path.frontier.length > 0;
  }

  /** Makes the program ready to run at one place of a memory. Computes the cost's weights. */
  bind(memory: Float64Array, base: readonly Operand[], scratch: number): BoundProgram {
    return new BoundProgram(this, memory, base, scratch);
  }
}

/** Lays out the steps of a program. */
class Planner {
  readonly steps: ProgramStep[] = [];
  readonly buffers: LaneBuffer[] = [];
  readonly startBuffer: LaneBuffer;
  flops = 0;
  readonly #tape: Tape;
  /** The moved region of each node, and the lanes' values there. */
  readonly #moved = new Map<NodeId, { readonly region: Region; readonly buffer: LaneBuffer }>();
  /** Values made on the way that other steps can use: keyed by what, node and region. */
  readonly #made = new Map<string, LaneBuffer>();

  constructor(tape: Tape, start: NodeId, region: Region) {
    this.#tape = tape;
    this.startBuffer = this.#buffer(sizeOf(compactShape(region)));
    this.#moved.set(start, { region, buffer: this.startBuffer });
  }

  evaluate(id: NodeId): void {
    const node = this.#tape.graph.nodes[id];
    if (isLeaf(node)) return;
    const op = findOp(node.op);
    const shapes = node.inputs.map((input) => this.#shape(input));
    const query = {
      moved: node.inputs.map((input) => this.#moved.get(input)?.region.fixed),
      shapes,
      output: node.shape,
    };
    const spread = op.spread?.(query, node.attributes) ?? spreadWhole(query);
    const regions = shapes.map((shape, input) => ({ shape, fixed: spread.inputs[input] }));
    const region = { shape: node.shape, fixed: spread.output };
    const buffer = spread.update
      ? this.#update(id, node, op, regions, region)
      : this.#compact(node, op, regions, region);
    this.#moved.set(id, { region, buffer });
  }

  /** The last value of a frontier node, kept until the batch is over. */
  read(id: NodeId): FrontierRead {
    const moved = this.#moved.get(id);
    if (moved === undefined) throw new Error('a frontier node was not evaluated');
    moved.buffer.lastStep = Number.POSITIVE_INFINITY;
    return { node: id, map: new RegionMap(moved.region), buffer: moved.buffer };
  }

  #compact(node: OpNode, op: Op, regions: readonly Region[], region: Region): LaneBuffer {
    const inputs = node.inputs.map((input, position) => this.#input(input, regions[position]));
    const kernel = new Lazy(() =>
      op.compile(regions.map(compactShape), node.attributes, compactShape(region)),
    );
    return this.#op(node, op, kernel, regions, region, inputs, this.#buffer(sizeOf(compactShape(region))));
  }

  /** Base values of the output's region, plus the linear op applied to the change of the moved input. */
  #update(id: NodeId, node: OpNode, op: Op, regions: readonly Region[], region: Region): LaneBuffer {
    const inputs = node.inputs.map((input, position) => {
      return this.#moved.has(input)
        ? { buffer: this.#change(input, regions[position]) }
        : this.#input(input, regions[position]);
    });
    const to = this.#buffer(sizeOf(compactShape(region)));
    this.#push({ kind: 'gather', node: id, map: new RegionMap(region), to });
    const kernel = new Lazy(() => {
      const adding = op.compileAdding?.(regions.map(compactShape), node.attributes, compactShape(region));
      if (adding === undefined) throw new Error(`${op.name} spreads as an update but cannot add`);
      return adding;
    });
    return this.#op(node, op, kernel, regions, region, inputs, to);
  }

  #op(
    node: OpNode,
    op: Op,
    kernel: Lazy<Kernel>,
    regions: readonly Region[],
    region: Region,
    inputs: readonly StepInput[],
    to: LaneBuffer,
  ): LaneBuffer {
    for (const input of inputs) if ('buffer' in input) input.buffer.lastStep = this.steps.length;
    this.flops += op.flops(regions.map(compactShape), node.attributes, compactShape(region));
    this.#push({ kind: 'op', kernel, inputs, to });
    return to;
  }

  /** An input's values in `region`: moved ones widened to it, base ones gathered where they are not a whole node. */
  #input(id: NodeId, region: Region): StepInput {
    const moved = this.#moved.get(id);
    if (moved === undefined) return isWhole(region) ? { node: id } : { buffer: this.#gathered(id, region) };
    return sameRegion(moved.region, region)
      ? { buffer: moved.buffer }
      : { buffer: this.#widened(id, region) };
  }

  #gathered(id: NodeId, region: Region): LaneBuffer {
    return this.#once(`base ${id} ${region.fixed}`, () => {
      const to = this.#buffer(sizeOf(compactShape(region)));
      this.#push({ kind: 'gather', node: id, map: new RegionMap(region), to });
      return to;
    });
  }

  #widened(id: NodeId, region: Region): LaneBuffer {
    return this.#once(`moved ${id} ${region.fixed}`, () => {
      const moved = this.#moved.get(id);
      if (moved === undefined) throw new Error('only moved values are widened');
      const to = this.#buffer(sizeOf(compactShape(region)));
      this.#push({ kind: 'gather', node: id, map: new RegionMap(region), to });
      moved.buffer.lastStep = Math.max(moved.buffer.lastStep, this.steps.length);
      this.#push({
        kind: 'widen',
        from: moved.buffer,
        within: new RegionMap(regionWithin(moved.region, region)),
        to,
      });
      return to;
    });
  }

  #change(id: NodeId, region: Region): LaneBuffer {
    return this.#once(`change ${id} ${region.fixed}`, () => {
      const input = this.#input(id, region);
      if (!('buffer' in input)) throw new Error('only moved values change');
      const to = this.#buffer(sizeOf(compactShape(region)));
      input.buffer.lastStep = Math.max(input.buffer.lastStep, this.steps.length);
      this.#push({ kind: 'change', from: input.buffer, node: id, map: new RegionMap(region), to });
      return to;
    });
  }

  /** Uses what an earlier step made; it then lives until the step that comes next. */
  #once(key: string, make: () => LaneBuffer): LaneBuffer {
    const made = this.#made.get(key) ?? make();
    this.#made.set(key, made);
    made.lastStep = Math.max(made.lastStep, this.steps.length);
    return made;
  }

  #push(step: ProgramStep): void {
    if (Number.isFinite(step.to.lastStep)) step.to.lastStep = Math.max(step.to.lastStep, this.steps.length);
    if (step.kind === 'gather' || step.kind === 'widen' || step.kind === 'change') this.flops += step.to.size;
    this.steps.push(step);
  }

  #buffer(size: number): LaneBuffer {
    const buffer = { size, firstStep: this.steps.length, lastStep: this.steps.length, offset: 0 };
    this.buffers.push(buffer);
    return buffer;
  }

  #shape(id: NodeId): Shape {
    return this.#tape.graph.nodes[id].shape;
  }
}

/** A region seen from a wider one that holds it: axes that both fix have length 1 there. */
function regionWithin(inner: Region, outer: Region): Region {
  const shape = compactShape(outer);
  return { shape, fixed: inner.fixed.map((coordinate, axis) => (shape[axis] === 1 ? FREE : coordinate)) };
}

/** A batch's scratch should stay within half a megabyte, about the second-level cache of a small server core. */
const SCRATCH_FLOATS = 65_536;
const MAX_WIDTH = 64;

function batchWidth(floatsPerPair: number): number {
  return Math.max(1, Math.min(MAX_WIDTH, Math.floor(SCRATCH_FLOATS / Math.max(1, floatsPerPair))));
}
