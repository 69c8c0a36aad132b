import { type Shape, sizeOf, stridesOf } from '../tensors/tensor.ts';
import { type Graph, isLeaf, type NodeId } from './graph.ts';
import { type MovedPath, movedPath, type ProbeOrigin } from './moved-path.ts';
import { offsetTable } from './ops/broadcast.ts';
import { findOp } from './ops/registry.ts';
import { compactShape, FREE, type Region } from './region.ts';
import { spreadWhole } from './spread.ts';

/**
 * The axes of a node along which the way to the cost keeps entries apart: moving the entries at one index moves, of
 * every node behind, only the entries at that same index. Such an axis is an axis of examples: all of its indices
 * can be moved at once, and J's change told for each.
 */
export function independentAxes(graph: Graph, origin: ProbeOrigin): readonly number[] {
  const path = movedPath(graph, origin);
  const { shape } = graph.nodes[origin.node];
  const alone = shape.flatMap((length, axis) =>
    length > 1 && carryAxes(graph, path, [axis]) !== undefined ? [axis] : [],
  );
  // Each alone may be kept apart while together they are not; then only the first one is used.
  return carryAxes(graph, path, alone) === undefined ? alone.slice(0, 1) : alone;
}

/** Tells to which example each entry of a node's moved region belongs. */
export class ExampleMap {
  readonly count: number;
  readonly #carried: ReadonlyMap<NodeId, readonly number[]>;
  readonly #axes: readonly number[];
  readonly #lengths: Shape;
  readonly #graph: Graph;
  /** Numbered once: a program is bound for every shard. */
  readonly #known = new Map<string, Int32Array>();

  constructor(graph: Graph, path: MovedPath, axes: readonly number[]) {
    const { shape } = graph.nodes[path.origin.node];
    const carried = carryAxes(graph, path, axes);
    if (carried === undefined) throw new Error('examples are mixed on the way to the cost');
    this.#graph = graph;
    this.#axes = axes;
    this.#carried = carried;
    this.#lengths = axes.map((axis) => shape[axis]);
    this.count = sizeOf(this.#lengths);
  }

  /**
   * The example of each compact entry of a node's region, numbered row-major over the example axes; undefined when
   * there is only one example.
   */
  examplesOf(node: NodeId, region: Region): Int32Array | undefined {
    if (this.count === 1) return undefined;
    const key = `${node} ${region.fixed}`;
    const known = this.#known.get(key) ?? this.#number(node, region);
    this.#known.set(key, known);
    return known;
  }

  #number(node: NodeId, region: Region): Int32Array {
    const carried = this.#carried.get(node) ?? [];
    const strides = stridesOf(this.#lengths);
    const perAxis = this.#graph.nodes[node].shape.map((_, axis) => {
      const position = this.#axes.indexOf(carried[axis]);
      return position < 0 ? 0 : strides[position];
    });
    return offsetTable(compactShape(region), perAxis);
  }
}

/**
 * Follows axes of the origin to the cost. For each node on the way, which of its axes carry which axis of the
 * origin (FREE for the others); undefined when one of them is summed over or mixed somewhere.
 */
function carryAxes(
  graph: Graph,
  path: MovedPath,
  axes: readonly number[],
): ReadonlyMap<NodeId, readonly number[]> | undefined {
  const { shape } = graph.nodes[path.origin.node];
  const carried = new Map<NodeId, readonly number[]>();
  carried.set(
    path.origin.node,
    shape.map((_, axis) => (axes.includes(axis) ? axis : FREE)),
  );
  for (const id of path.evaluated) {
    const node = graph.nodes[id];
    if (isLeaf(node)) continue;
    const moved = node.inputs.map((input) => (path.moves(id, input) ? carried.get(input) : undefined));
    const query = { moved, shapes: node.inputs.map((input) => graph.nodes[input].shape), output: node.shape };
    const spread = findOp(node.op).spread?.(query, node.attributes) ?? spreadWhole(query);
    if (axes.some((axis) => spread.update || !spread.output.includes(axis))) return undefined;
    carried.set(id, spread.output);
  }
  return carried;
}
