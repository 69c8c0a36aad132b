import { type Shape, sameShape, sizeOf } from '../tensors/tensor.ts';
import { isLeaf, type NodeId, type OpNode } from './graph.ts';
import type { LaneBuffer } from './lane-buffers.ts';
import { Lazy } from './lazy.ts';
import type { MovedPath } from './moved-path.ts';
import type { BranchKernel, BranchTest, Kernel, Op, UpdateKernel } from './op.ts';
import { findOp } from './ops/registry.ts';
import { compactShape, isWhole, type Region, RegionMap, regionWithin, sameRegion } from './region.ts';
import { spreadWhole } from './spread.ts';
import type { Tape } from './tape.ts';

/** One thing done for every lane of a batch. */
export type ProgramStep =
  /** Copies a region of a node's base values into a row of each lane. */
  | { readonly kind: 'gather'; readonly node: NodeId; readonly map: RegionMap; readonly to: LaneBuffer }
  /** Copies moved values over the base values gathered in a wider region. `within` is where, seen from that region. */
  | {
      readonly kind: 'widen';
      readonly from: LaneBuffer;
      readonly within: RegionMap;
      readonly to: LaneBuffer;
    }
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
    }
  /** Adds what a linear op makes of a change to base values. */
  | {
      readonly kind: 'update';
      readonly kernel: Lazy<UpdateKernel>;
      readonly inputs: readonly StepInput[];
      readonly base: StepInput;
      readonly to: LaneBuffer;
    }
  /** Looks whether another piece of a piecewise op is active than at θ. */
  | {
      readonly kind: 'branch';
      readonly kernel: Lazy<BranchKernel>;
      readonly test: Lazy<BranchTest | undefined>;
      readonly moved: readonly StepInput[];
      readonly base: readonly StepInput[];
      /** The region of the op's output. */
      readonly node: NodeId;
      readonly region: Region;
    };

/** A lane's own values, or the base values of a whole node. */
export type StepInput = { readonly buffer: LaneBuffer } | { readonly node: NodeId };

/** A frontier node's moved region: where ΔJ is read off. */
export interface FrontierRead {
  readonly node: NodeId;
  readonly region: Region;
  readonly map: RegionMap;
  readonly buffer: LaneBuffer;
}

/** Lays out the steps that evaluate a path for one start region. */
export class ProgramPlanner {
  readonly steps: ProgramStep[] = [];
  readonly buffers: LaneBuffer[] = [];
  readonly startBuffer: LaneBuffer;
  readonly frontier: readonly FrontierRead[];
  /** Floating-point operations of one lane, by a static count. */
  flops = 0;
  readonly #tape: Tape;
  readonly #path: MovedPath;
  /** The moved region of each node, and the lanes' values there. */
  readonly #moved = new Map<NodeId, MovedValues>();
  /** Values made on the way that other steps can use: keyed by what, node and region. */
  readonly #made = new Map<string, LaneBuffer>();

  constructor(tape: Tape, path: MovedPath, start: Region) {
    this.#tape = tape;
    this.#path = path;
    this.startBuffer = this.#buffer(sizeOf(compactShape(start)));
    this.#moved.set(path.origin.node, { region: start, buffer: () => this.startBuffer });
    for (const id of path.evaluated) this.#evaluate(id);
    this.frontier = path.frontier.map((id) => this.#read(id));
  }

  #evaluate(id: NodeId): void {
    const node = this.#tape.graph.nodes[id];
    if (isLeaf(node)) return;
    const op = findOp(node.op);
    const shapes = node.inputs.map((input) => this.#shape(input));
    const moved = node.inputs.map((input) => this.#movedInput(id, input)?.region.fixed);
    const query = { moved, shapes, output: node.shape };
    const spread = op.spread?.(query, node.attributes) ?? spreadWhole(query);
    const regions = shapes.map((shape, input) => ({ shape, fixed: spread.inputs[input] }));
    const region = { shape: node.shape, fixed: spread.output };
    const plan = { id, node, op, regions, region };
    const change = spread.update ? plan : this.#passedOn(plan);
    if (change === undefined) {
      const buffer = this.#compact(plan);
      this.#moved.set(id, { region, buffer: () => buffer });
    } else {
      const buffer = new Lazy(() => this.#update(change, id));
      this.#moved.set(id, { region, change, buffer: () => buffer.value });
    }
  }

  /**
   * The change that a sum passes on: when only one of its terms moves, and moves by an update, the sum moves by the
   * same. The term itself is then not evaluated, nor is the sum.
   */
  #passedOn({ id, node, op, region }: NodePlan): NodePlan | undefined {
    const moved = node.inputs.flatMap((input, position) =>
      this.#path.moves(id, input) ? [{ position, values: this.#known(input) }] : [],
    );
    const [{ position, values }, ...more] = moved;
    const passes = more.length === 0 && op.passesOn?.(position, node.attributes) === true;
    const isSame = sameShape(values.region.shape, region.shape) && sameRegion(values.region, region);
    return passes && isSame ? values.change : undefined;
  }

  /** The last value of a frontier node, kept until the batch is over. */
  #read(id: NodeId): FrontierRead {
    const { region, buffer: lazily } = this.#known(id);
    const buffer = lazily();
    buffer.lastStep = Number.POSITIVE_INFINITY;
    return { node: id, region, map: new RegionMap(region), buffer };
  }

  #compact(plan: NodePlan): LaneBuffer {
    const { id, node, op, regions, region } = plan;
    const inputs = node.inputs.map((input, position) => this.#input(id, input, regions[position]));
    if (op.compileBranches !== undefined) this.#branch(plan, inputs);
    const kernel = new Lazy(() =>
      op.compile(regions.map(compactShape), node.attributes, compactShape(region)),
    );
    return this.#op(plan, kernel, inputs, this.#buffer(sizeOf(compactShape(region))));
  }

  /** Base values of a node, plus the linear op of `plan` applied to the change of its moved input. */
  #update(plan: NodePlan, onto: NodeId): LaneBuffer {
    const { id, node, op, regions, region } = plan;
    const inputs = node.inputs.map((input, position) => {
      const moved = this.#movedInput(id, input) !== undefined;
      return moved
        ? { buffer: this.#change(id, input, regions[position]) }
        : this.#input(id, input, regions[position]);
    });
    const shapes = regions.map(compactShape);
    const output = compactShape(region);
    const { compileUpdate, compileAdding } = op;
    if (compileUpdate !== undefined) {
      const base = this.#base(onto, region);
      const to = this.#buffer(sizeOf(output));
      const kernel = new Lazy(() => compileUpdate(shapes, node.attributes, output));
      this.#keep([...inputs, base]);
      this.flops += op.flops(shapes, node.attributes, output);
      this.#push({ kind: 'update', kernel, inputs, base, to });
      return to;
    }
    const to = this.#buffer(sizeOf(output));
    this.#push({ kind: 'gather', node: onto, map: new RegionMap(region), to });
    const kernel = new Lazy(() => {
      const adding = compileAdding?.(shapes, node.attributes, output);
      if (adding === undefined) throw new Error(`${op.name} spreads as an update but cannot add`);
      return adding;
    });
    return this.#op(plan, kernel, inputs, to);
  }

  #op(
    { node, op, regions, region }: NodePlan,
    kernel: Lazy<Kernel>,
    inputs: readonly StepInput[],
    to: LaneBuffer,
  ): LaneBuffer {
    this.#keep(inputs);
    this.flops += op.flops(regions.map(compactShape), node.attributes, compactShape(region));
    this.#push({ kind: 'op', kernel, inputs, to });
    return to;
  }

  #branch({ id, node, op, regions, region }: NodePlan, moved: readonly StepInput[]): void {
    const base = node.inputs.map((input, position) =>
      this.#movedInput(id, input) === undefined ? moved[position] : this.#base(input, regions[position]),
    );
    this.#keep([...moved, ...base]);
    const kernel = new Lazy(() => {
      const branches = op.compileBranches?.(regions.map(compactShape), node.attributes, compactShape(region));
      if (branches === undefined) throw new Error(`${op.name} has no branches`);
      return branches;
    });
    const test = new Lazy(() =>
      op.compileBranchTest?.(regions.map(compactShape), node.attributes, compactShape(region)),
    );
    this.flops += sizeOf(compactShape(region));
    this.steps.push({ kind: 'branch', kernel, test, moved, base, node: id, region });
  }

  /** An input's values in `region`: moved ones widened to it, base ones gathered where they are not a whole node. */
  #input(node: NodeId, input: NodeId, region: Region): StepInput {
    const moved = this.#movedInput(node, input);
    if (moved === undefined) return this.#base(input, region);
    return { buffer: sameRegion(moved.region, region) ? moved.buffer() : this.#widened(input, region) };
  }

  /** Base values in `region`: in their place, or gathered where they are not a whole node. */
  #base(id: NodeId, region: Region): StepInput {
    return isWhole(region) ? { node: id } : { buffer: this.#gathered(id, region) };
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
      const moved = this.#known(id);
      const from = moved.buffer();
      const to = this.#buffer(sizeOf(compactShape(region)));
      this.#push({ kind: 'gather', node: id, map: new RegionMap(region), to });
      this.#keep([{ buffer: from }]);
      const within = new RegionMap(regionWithin(moved.region, region));
      this.#push({ kind: 'widen', from, within, to });
      return to;
    });
  }

  #change(node: NodeId, id: NodeId, region: Region): LaneBuffer {
    return this.#once(`change ${id} ${region.fixed}`, () => {
      const input = this.#input(node, id, region);
      if (!('buffer' in input)) throw new Error('only moved values change');
      const to = this.#buffer(sizeOf(compactShape(region)));
      this.#keep([input]);
      this.#push({ kind: 'change', from: input.buffer, node: id, map: new RegionMap(region), to });
      return to;
    });
  }

  /** Uses what an earlier step made; it then lives until the step that comes next. */
  #once(key: string, make: () => LaneBuffer): LaneBuffer {
    const made = this.#made.get(key) ?? make();
    this.#made.set(key, made);
    this.#keep([{ buffer: made }]);
    return made;
  }

  /** Keeps values until the step that comes next has read them. */
  #keep(inputs: readonly StepInput[]): void {
    for (const input of inputs) {
      if ('buffer' in input) input.buffer.lastStep = Math.max(input.buffer.lastStep, this.steps.length);
    }
  }

  #push(step: Exclude<ProgramStep, { kind: 'branch' }>): void {
    this.#keep([{ buffer: step.to }]);
    if (step.kind !== 'op' && step.kind !== 'update') this.flops += step.to.size;
    this.steps.push(step);
  }

  #buffer(size: number): LaneBuffer {
    const buffer = { size, firstStep: this.steps.length, lastStep: this.steps.length, offset: 0 };
    this.buffers.push(buffer);
    return buffer;
  }

  #movedInput(node: NodeId, input: NodeId) {
    return this.#path.moves(node, input) ? this.#known(input) : undefined;
  }

  #known(id: NodeId) {
    const moved = this.#moved.get(id);
    if (moved === undefined) throw new Error(`node ${id} is read before it is evaluated`);
    return moved;
  }

  #shape(id: NodeId): Shape {
    return this.#tape.graph.nodes[id].shape;
  }
}

/** What is known of a node that moves. */
interface MovedValues {
  readonly region: Region;
  /** Where the values are base values plus the linear op of this plan, applied to the change of its moved input. */
  readonly change?: NodePlan;
  /** The lanes' values in the region, planned when they are first asked for. */
  readonly buffer: () => LaneBuffer;
}

/** An op node about to be planned: the regions of its inputs that are needed, and that of its output that moves. */
interface NodePlan {
  readonly id: NodeId;
  readonly node: OpNode;
  readonly op: Op;
  readonly regions: readonly Region[];
  readonly region: Region;
}
