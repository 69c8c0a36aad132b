import { sizeOf } from '../tensors/tensor.ts';
import { type Graph, isLeaf, type NodeId } from './graph.ts';
import type { Heap } from './heap.ts';
import { Lazy } from './lazy.ts';
import type { MovedPath } from './moved-path.ts';
import type { Operand, TransposedKernel } from './op.ts';
import { findOp } from './ops/registry.ts';

interface WeightStep {
  readonly node: NodeId;
  readonly input: NodeId;
  readonly inputs: readonly NodeId[];
  readonly kernel: TransposedKernel;
}

/**
 * Behind the frontier of a path J is linear, so ΔJ = Σ weight · difference over the frontier's entries. The weights
 * are found by going back from the cost with the transposed linear maps: exact, as those ops are linear.
 */
export class CostWeights {
  /** float64s that the weights need. */
  readonly size: number;
  readonly graph: Graph;
  readonly #offsets = new Map<NodeId, number>();
  readonly #steps: Lazy<readonly WeightStep[]>;

  constructor(graph: Graph, path: MovedPath) {
    this.graph = graph;
    let size = 0;
    for (const id of [...path.frontier, ...path.differenced]) {
      this.#offsets.set(id, size);
      size += sizeOf(graph.nodes[id].shape);
    }
    this.size = size;
    this.#steps = new Lazy(() => path.differenced.toReversed().flatMap((id) => this.#stepsOf(id, path)));
  }

  /** Where a node's weights lie, from the start of the region given to `compute`. */
  offsetOf(node: NodeId): number {
    return this.#offsets.get(node) ?? 0;
  }

  /** Writes every weight to the `size` float64s at `start`. */
  compute(heap: Heap, base: readonly Operand[], start: number): void {
    heap.floats.fill(0, start, start + this.size);
    heap.floats[start + this.offsetOf(this.graph.cost)] = 1;
    for (const { node, input, inputs, kernel } of this.#steps.value) {
      kernel(
        heap,
        inputs.map((id) => base[id]),
        start + this.offsetOf(node),
        start + this.offsetOf(input),
      );
    }
  }

  #stepsOf(id: NodeId, path: MovedPath): WeightStep[] {
    const node = this.graph.nodes[id];
    if (isLeaf(node)) return [];
    const { transposed } = findOp(node.op);
    const shapes = node.inputs.map((input) => this.graph.nodes[input].shape);
    return node.inputs.flatMap((input, position) => {
      if (transposed === undefined || !path.moves(id, input)) return [];
      return [
        {
          node: id,
          input,
          inputs: node.inputs,
          kernel: transposed(position, shapes, node.attributes, node.shape),
        },
      ];
    });
  }
}
