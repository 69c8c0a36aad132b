import { sizeOf } from '../tensors/tensor.ts';
import { type Graph, isLeaf, type NodeId, type OpNode } from './graph.ts';
import type { Heap } from './heap.ts';
import { Lazy } from './lazy.ts';
import type { Kernel, Operand } from './op.ts';
import { findOp } from './ops/registry.ts';

/** An op node ready to run. */
export interface Instruction {
  readonly node: NodeId;
  readonly inputs: readonly NodeId[];
  readonly kernel: Lazy<Kernel>;
  readonly size: number;
}

/**
 * A graph compiled once: one instruction per op node that the cost depends on, in topological order, and the place
 * of each node's base value within a region of `baseSize` float64s. Leaves lie elsewhere and have no place here.
 */
export class Tape {
  readonly graph: Graph;
  readonly instructions: readonly Instruction[];
  /** Offset of each op node's base value within the base region; −1 for leaves and nodes that J does not read. */
  readonly baseOffsets: readonly number[];
  readonly baseSize: number;

  constructor(graph: Graph) {
    this.graph = graph;
    const needed = ancestorsOf(graph, graph.cost);
    const offsets = new Array<number>(graph.nodes.length).fill(-1);
    const instructions: Instruction[] = [];
    let size = 0;
    graph.nodes.forEach((node, id) => {
      if (isLeaf(node) || !needed[id]) return;
      offsets[id] = size;
      size += sizeOf(node.shape);
      instructions.push(compileNode(graph, id, node));
    });
    this.instructions = instructions;
    this.baseOffsets = offsets;
    this.baseSize = size;
  }

  /** Evaluates every node at θ. `operands` says where each node's base value lies. */
  evaluateBase(heap: Heap, operands: readonly Operand[]): void {
    for (const { node, inputs, kernel } of this.instructions) {
      kernel.value(
        heap,
        1,
        inputs.map((input) => operands[input]),
        operands[node],
      );
    }
  }
}

function compileNode(graph: Graph, id: NodeId, node: OpNode): Instruction {
  const shapes = node.inputs.map((input) => graph.nodes[input].shape);
  const kernel = new Lazy(() => findOp(node.op).compile(shapes, node.attributes, node.shape));
  return { node: id, inputs: node.inputs, kernel, size: sizeOf(node.shape) };
}

/** Marks `target` and every node that it depends on. */
export function ancestorsOf(graph: Graph, target: NodeId): boolean[] {
  const marked = new Array<boolean>(graph.nodes.length).fill(false);
  marked[target] = true;
  for (let id = target; id >= 0; id--) {
    const node = graph.nodes[id];
    if (!marked[id] || isLeaf(node)) continue;
    for (const input of node.inputs) marked[input] = true;
  }
  return marked;
}
