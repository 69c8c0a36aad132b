import type { Attributes, NodeId } from '../graph/graph.ts';
import { type Heap, PACKING_FLOATS } from '../graph/heap.ts';
import { findOp } from '../graph/ops/registry.ts';
import { createKernelMemory } from '../kernels/kernel-memory.ts';
import { instantiateKernels } from '../kernels/kernels.ts';
import { loadKernelModule } from '../kernels/load-module.ts';
import { type Shape, sizeOf } from '../tensors/tensor.ts';

interface Fixed {
  readonly shape: Shape;
  readonly values: Float64Array;
}

/** How a node that no parameter moves is computed. */
export interface FixedOp {
  readonly op: string;
  readonly inputs: readonly NodeId[];
  readonly attributes: Attributes;
  readonly shape: Shape;
}

/** float64s read and written and floating-point operations that may be spent, over the whole model. */
const mostWork = 2 ** 25;
/** float64s of room that ops are computed in, unless one takes more: putting the kernels on a memory takes far longer. */
const leastRoom = 2 ** 16;

/**
 * Values of the nodes that no parameter moves. Class indices must be known when the model is read, so that a
 * wrong one is a fault of the document and not a NaN of the cost.
 */
export class FixedValues {
  readonly #known = new Map<NodeId, Fixed>();
  readonly #ops = new Map<NodeId, FixedOp>();
  #workLeft = mostWork;
  #heap: Heap | undefined;

  addLeaf(node: NodeId, leaf: Fixed): void {
    this.#known.set(node, leaf);
  }

  /** Notes how a node is computed, unless a parameter moves it. */
  addOp(node: NodeId, op: FixedOp): void {
    if (op.inputs.every((input) => this.has(input))) this.#ops.set(node, op);
  }

  /** Whether no parameter moves the node. */
  has(node: NodeId): boolean {
    return this.#known.has(node) || this.#ops.has(node);
  }

  /** A node's values, row-major; undefined when a parameter moves it or too much would have to be computed. */
  read(node: NodeId): Float64Array | undefined {
    for (const needed of this.#neededBy(node)) {
      const op = this.#ops.get(needed);
      const fixed = op && this.#compute(op);
      if (fixed === undefined) return undefined;
      this.#known.set(needed, fixed);
    }
    const values = this.#known.get(node)?.values;
    // Whoever reads looks at every entry.
    this.#workLeft -= values?.length ?? 0;
    return this.#workLeft < 0 ? undefined : values;
  }

  /** What has to be computed before the node is known, in the order in which it was built. */
  #neededBy(node: NodeId): NodeId[] {
    const found = new Set<NodeId>();
    const waiting = [node];
    for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
      if (this.#known.has(next) || found.has(next)) continue;
      found.add(next);
      for (const input of this.#ops.get(next)?.inputs ?? []) waiting.push(input);
    }
    return [...found].sort((a, b) => a - b);
  }

  #compute({ op: name, inputs, attributes, shape }: FixedOp): Fixed | undefined {
    const op = findOp(name);
    const given = inputs.flatMap((input) => this.#known.get(input) ?? []);
    const shapes = given.map((input) => input.shape);
    const end = given.reduce((total, { values }) => total + values.length, 0);
    this.#workLeft -= end + sizeOf(shape) + op.flops(shapes, attributes, shape);
    if (this.#workLeft < 0) return undefined;
    const heap = this.#heapOf(end + sizeOf(shape));
    const { floats } = heap;
    let offset = 0;
    const operands = given.map(({ values }) => {
      floats.set(values, offset);
      offset += values.length;
      return { offset: offset - values.length, laneStride: 0 };
    });
    op.compile(shapes, attributes, shape)(heap, 1, operands, { offset: end, laneStride: 0 });
    return { shape, values: Float64Array.from(floats.subarray(end, end + sizeOf(shape))) };
  }

  /** Room for so many float64s, with the packing behind them: the one of the op before, if it is large enough. */
  #heapOf(size: number): Heap {
    if (this.#heap === undefined || this.#heap.packing < size) {
      const room = Math.max(size, leastRoom);
      const memory = createKernelMemory(room + PACKING_FLOATS);
      this.#heap = {
        floats: new Float64Array(memory.buffer),
        kernels: instantiateKernels(loadKernelModule(), memory),
        packing: room,
      };
    }
    return this.#heap;
  }
}
