import { sizeOf } from '../tensors/tensor.ts';
import { isLeaf, type NodeId } from './graph.ts';
import { type MovedPath, movedPath } from './moved-path.ts';
import type { Operand } from './op.ts';
import { findOp } from './ops/registry.ts';
import type { Instruction, Tape } from './tape.ts';

/**
 * Evaluates J at many moved copies of one leaf at once. A batch holds up to `width` pairs of points (x₊, x₋); lane k
 * is the k-th pair's plus side, lane width + k its minus side. Both sides are evaluated as far as the path needs
 * it, then subtracted, and the rest runs on the differences (see `MovedPath`).
 */
export class LaneProgram {
  readonly path: MovedPath;
  /** Pairs in a batch. A constant of the graph and the leaf, never of the machine. */
  readonly width: number;
  /** float64s of scratch that a batch needs. */
  readonly scratchSize: number;
  readonly leafSize: number;
  /** Floating-point operations of one pair, by a static count. */
  readonly flopsPerPair: number;

  readonly #tape: Tape;
  readonly #evaluated: readonly Instruction[];
  readonly #differenced: readonly Instruction[];
  /** Per node, its offset in scratch as lanes or as differences; −1 where it has none. */
  readonly #laneOffsets: readonly number[];
  readonly #differenceOffsets: readonly number[];

  constructor(tape: Tape, leaf: NodeId) {
    const { graph } = tape;
    this.#tape = tape;
    this.path = movedPath(graph, leaf);
    this.leafSize = sizeOf(graph.nodes[leaf].shape);
    const size = (id: NodeId) => sizeOf(graph.nodes[id].shape);
    const laneNodes = [leaf, ...this.path.evaluated];
    const differenceNodes = [...this.path.frontier, ...this.path.differenced];
    const pairSize = 2 * total(laneNodes.map(size)) + total(differenceNodes.map(size));
    this.width = laneWidth(pairSize);
    let scratch = 0;
    const place = (nodes: readonly NodeId[], lanes: number) => {
      const offsets = new Array<number>(graph.nodes.length).fill(-1);
      for (const id of nodes) {
        offsets[id] = scratch;
        scratch += lanes * size(id);
      }
      return offsets;
    };
    this.#laneOffsets = place(laneNodes, 2 * this.width);
    this.#differenceOffsets = place(differenceNodes, this.width);
    this.scratchSize = scratch;
    const instructionOf = new Map(tape.instructions.map((instruction) => [instruction.node, instruction]));
    const instructions = (nodes: readonly NodeId[]) => nodes.flatMap((id) => instructionOf.get(id) ?? []);
    this.#evaluated = instructions(this.path.evaluated);
    this.#differenced = instructions(this.path.differenced);
    this.flopsPerPair =
      2 * this.#flops(this.path.evaluated) + this.#flops(this.path.differenced) + this.leafSize / this.width;
  }

  /** Whether J depends on the leaf at all. */
  get reachesCost(): boolean {
    return this.path.frontier.length > 0;
  }

  /** Where lane `lane` of the leaf lies: the caller moves its entries there. */
  leafLane(scratch: number, lane: number): number {
    return scratch + this.#laneOffsets[this.path.leaf] + lane * this.leafSize;
  }

  /** Fills every lane of the leaf with its base value. */
  resetLeaf(memory: Float64Array, base: Operand, scratch: number): void {
    for (let lane = 0; lane < 2 * this.width; lane++) {
      memory.copyWithin(this.leafLane(scratch, lane), base.offset, base.offset + this.leafSize);
    }
  }

  /**
   * Runs the first `pairs` pairs of a batch and writes J(x₊) − J(x₋) of each to `differences`. When `minusIsBase`,
   * only plus sides are evaluated, and the minus side of each is θ itself.
   * @param base where every node's base value lies
   * @param zeros the start of a run of zeros, as long as the largest node
   */
  run(
    memory: Float64Array,
    base: readonly Operand[],
    zeros: number,
    scratch: number,
    pairs: number,
    minusIsBase: boolean,
    differences: Float64Array,
  ): void {
    const sides = minusIsBase ? [0] : [0, this.width];
    for (const firstLane of sides) this.#evaluateSide(memory, base, scratch, firstLane, pairs);
    this.#subtract(memory, base, scratch, pairs, minusIsBase);
    this.#evaluateDifferences(memory, base, zeros, scratch, pairs);
    const cost = scratch + this.#differenceOffsets[this.#tape.graph.cost];
    for (let pair = 0; pair < pairs; pair++) differences[pair] = memory[cost + pair];
  }

  #evaluateSide(
    memory: Float64Array,
    base: readonly Operand[],
    scratch: number,
    firstLane: number,
    lanes: number,
  ): void {
    const operand = (id: NodeId): Operand => {
      if (this.#laneOffsets[id] < 0) return base[id];
      const size = sizeOf(this.#tape.graph.nodes[id].shape);
      return { offset: scratch + this.#laneOffsets[id] + firstLane * size, laneStride: size };
    };
    for (const { node, inputs, kernel } of this.#evaluated)
      kernel(memory, lanes, inputs.map(operand), operand(node));
  }

  #subtract(
    memory: Float64Array,
    base: readonly Operand[],
    scratch: number,
    pairs: number,
    minusIsBase: boolean,
  ): void {
    for (const id of this.path.frontier) {
      const size = sizeOf(this.#tape.graph.nodes[id].shape);
      const plus = scratch + this.#laneOffsets[id];
      const to = scratch + this.#differenceOffsets[id];
      for (let pair = 0; pair < pairs; pair++) {
        const minus = minusIsBase ? base[id].offset : plus + (this.width + pair) * size;
        for (let i = 0; i < size; i++)
          memory[to + pair * size + i] = memory[plus + pair * size + i] - memory[minus + i];
      }
    }
  }

  #evaluateDifferences(
    memory: Float64Array,
    base: readonly Operand[],
    zeros: number,
    scratch: number,
    pairs: number,
  ): void {
    const { nodes } = this.#tape.graph;
    const difference = (id: NodeId): Operand => ({
      offset: scratch + this.#differenceOffsets[id],
      laneStride: sizeOf(nodes[id].shape),
    });
    for (const { node, inputs, kernel } of this.#differenced) {
      const definition = nodes[node];
      const op = isLeaf(definition) ? undefined : findOp(definition.op);
      const operands = inputs.map((input, position) => {
        if (this.#differenceOffsets[input] >= 0) return difference(input);
        return op?.unmoved?.(position) === 'zero' ? { offset: zeros, laneStride: 0 } : base[input];
      });
      kernel(memory, pairs, operands, difference(node));
    }
  }

  #flops(nodes: readonly NodeId[]): number {
    const { graph } = this.#tape;
    return total(
      nodes.map((id) => {
        const node = graph.nodes[id];
        if (isLeaf(node)) return 0;
        const shapes = node.inputs.map((input) => graph.nodes[input].shape);
        return findOp(node.op).flops(shapes, node.attributes, node.shape);
      }),
    );
  }
}

/** A batch's scratch should stay within half a megabyte, the second-level cache of a small server core. */
const SCRATCH_FLOATS = 65_536;
const MAX_WIDTH = 32;

function laneWidth(pairSize: number): number {
  return Math.max(1, Math.min(MAX_WIDTH, Math.floor(SCRATCH_FLOATS / pairSize)));
}

function total(numbers: readonly number[]): number {
  return numbers.reduce((sum, value) => sum + value, 0);
}
