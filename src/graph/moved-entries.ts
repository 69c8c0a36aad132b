import { sizeOf } from '../tensors/tensor.ts';
import { KinkWatch } from './complex/kink-watch.ts';
import { type Graph, isLeaf, type NodeId } from './graph.ts';
import { movement } from './ops/movement.ts';
import { findOp } from './ops/registry.ts';
import { ancestorsOf } from './tape.ts';

const movementOps: ReadonlySet<string> = new Set(movement.map(({ name }) => name));

/** Whether a node has the entries of its inputs, each as it is, in other places. */
export function isMovement(graph: Graph, node: NodeId): boolean {
  return movementOps.has(graph.nodes[node].op);
}

/** For each entry of a node the entry of a leaf that it is; −1 where it is something else. Between them all is movement. */
export function movedEntries(graph: Graph, leaf: NodeId, node: NodeId): Int32Array {
  const needed = ancestorsOf(graph, node);
  const numbers = new Map([
    [leaf, Float64Array.from({ length: sizeOf(graph.nodes[leaf].shape) }, (_, i) => i)],
  ]);
  for (let id = leaf + 1; id <= node; id++) {
    const definition = graph.nodes[id];
    if (isLeaf(definition) || !needed[id] || !definition.inputs.some((input) => numbers.has(input))) continue;
    const shapes = definition.inputs.map((input) => graph.nodes[input].shape);
    const inputs = definition.inputs.map((input, i) => {
      const re = numbers.get(input) ?? new Float64Array(sizeOf(shapes[i])).fill(-1);
      return { re, im: new Float64Array(re.length) };
    });
    const size = sizeOf(definition.shape);
    const moved = { re: new Float64Array(size), im: new Float64Array(size) };
    const op = findOp(definition.op);
    // Movement by plain tables, without kernels.
    op.compileComplex?.(shapes, definition.attributes, definition.shape)(inputs, moved, new KinkWatch(0));
    numbers.set(id, moved.re);
  }
  return Int32Array.from(numbers.get(node) ?? []);
}
