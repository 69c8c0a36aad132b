import type { Activation } from '../../../src/graph/activations.ts';
import { type Graph, type GraphNode, isLeaf, type NodeId, type OpNode } from '../../../src/graph/graph.ts';
import { ancestorsOf } from '../../../src/graph/tape.ts';

/** The data tensor that holds a parameter's values at θ and does not move with it. */
export function heldName(parameter: string): string {
  return `${parameter} held at θ`;
}

/**
 * The slow way to what `withUnitSlope` makes, and a graph of its own: one activation a(z) is replaced by a(z₀) + (z − z₀), z₀ being z at θ: the same J at θ, but
 * the op has slope 1. So the gradient is what a backward pass gives that leaves the op's derivative out. a(z₀) and z₀
 * are computed from copies of the parameters, which are data (`heldName`) and never move.
 */
export function withIdentitySlope(graph: Graph, { entry, exit: target }: Activation): Graph {
  const activation = opAt(graph, target);
  const nodes: GraphNode[] = graph.nodes.slice(0, target);
  const add = (node: GraphNode): NodeId => nodes.push(node) - 1;
  const held = holdAncestors(graph, target, add);
  const { shape } = activation;
  const distance = add({ op: 'subtract', inputs: [entry, held(entry)], attributes: {}, shape });
  const replaced = add({ ...activation, op: 'add', inputs: [held(target), distance], attributes: {} });
  const moved = (id: NodeId) => (id < target ? id : id - target + replaced);
  for (const node of graph.nodes.slice(target + 1)) {
    add(isLeaf(node) ? node : { ...node, inputs: node.inputs.map(moved) });
  }
  return { nodes, cost: moved(graph.cost), constants: graph.constants };
}

/** Copies what a node is computed from, with held parameters. @returns where the copy of a node is; itself if it never moves */
function holdAncestors(
  graph: Graph,
  target: NodeId,
  add: (node: GraphNode) => NodeId,
): (id: NodeId) => NodeId {
  const needed = ancestorsOf(graph, target);
  const copies = new Map<NodeId, NodeId>();
  const copyOf = (id: NodeId) => copies.get(id) ?? id;
  for (let id = 0; id <= target; id++) {
    const node = graph.nodes[id];
    if (!needed[id]) continue;
    if (isLeaf(node)) {
      if (node.op === 'parameter') copies.set(id, add({ ...node, op: 'data', name: heldName(node.name) }));
    } else if (node.inputs.some((input) => copies.has(input))) {
      copies.set(id, add({ ...node, inputs: node.inputs.map(copyOf) }));
    }
  }
  return copyOf;
}

function opAt(graph: Graph, id: NodeId): OpNode {
  const node = graph.nodes[id];
  if (isLeaf(node)) throw new Error(`node ${id} is a leaf`);
  return node;
}
