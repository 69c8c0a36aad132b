import { type Graph, isLeaf, type NodeId, type OpNode } from './graph.ts';
import { findOp } from './ops/registry.ts';
import { ancestorsOf } from './tape.ts';

/**
 * What has to be evaluated again when one leaf moves. Nodes on the way from the leaf to the cost fall into two
 * parts: `evaluated`, whose values at θ+h and θ−h are computed, and behind them `differenced`, from which on J is
 * linear (a mean over examples, a sum of data and penalty): there f(x₊) − f(x₋) = f(x₊ − x₋), so the difference is
 * taken before the sums, where it loses no digits, instead of between two totals.
 */
export interface MovedPath {
  readonly leaf: NodeId;
  /** Op nodes evaluated for every lane, in order. */
  readonly evaluated: readonly NodeId[];
  /** Nodes (the leaf may be one) whose two values are subtracted. */
  readonly frontier: readonly NodeId[];
  /** Op nodes evaluated on differences, in order; the cost is the last one, unless it is in `frontier`. */
  readonly differenced: readonly NodeId[];
}

/** The path from a leaf; all three lists are empty when J does not depend on it. */
export function movedPath(graph: Graph, leaf: NodeId): MovedPath {
  const moved = movedNodes(graph, leaf);
  if (!moved[graph.cost]) return { leaf, evaluated: [], frontier: [], differenced: [] };
  const consumers = movedConsumers(graph, moved);
  const differenced = new Array<boolean>(graph.nodes.length).fill(false);
  for (let id = graph.cost; id > leaf; id--) {
    const node = graph.nodes[id];
    if (!moved[id] || isLeaf(node)) continue;
    differenced[id] = consumers[id].every((consumer) => differenced[consumer]) && isLinear(node, moved);
  }
  const all = graph.nodes.flatMap((_, id) => (moved[id] ? [id] : []));
  return {
    leaf,
    evaluated: all.filter((id) => id !== leaf && !differenced[id]),
    frontier: all.filter(
      (id) =>
        !differenced[id] && (id === graph.cost || consumers[id].some((consumer) => differenced[consumer])),
    ),
    differenced: all.filter((id) => differenced[id]),
  };
}

/** Marks the nodes between the leaf and the cost. */
function movedNodes(graph: Graph, leaf: NodeId): boolean[] {
  const needed = ancestorsOf(graph, graph.cost);
  const moved = new Array<boolean>(graph.nodes.length).fill(false);
  moved[leaf] = needed[leaf];
  graph.nodes.forEach((node, id) => {
    if (!isLeaf(node) && needed[id] && node.inputs.some((input) => moved[input])) moved[id] = true;
  });
  return moved;
}

function movedConsumers(graph: Graph, moved: readonly boolean[]): NodeId[][] {
  const consumers: NodeId[][] = graph.nodes.map(() => []);
  graph.nodes.forEach((node, id) => {
    if (isLeaf(node) || !moved[id]) return;
    for (const input of new Set(node.inputs)) consumers[input].push(id);
  });
  return consumers;
}

function isLinear(node: OpNode, moved: readonly boolean[]): boolean {
  const op = findOp(node.op);
  return (
    op.linear?.(
      node.inputs.map((input) => moved[input]),
      node.attributes,
    ) ?? false
  );
}
