import { type Graph, isLeaf, type NodeId, type OpNode } from './graph.ts';
import { findOp } from './ops/registry.ts';
import { ancestorsOf } from './tape.ts';

/** Where a probe is put in: a node, as all that read it see it or only some of them. */
export interface ProbeOrigin {
  readonly node: NodeId;
  /** Op nodes that see the move; every one that reads the node, if left out. */
  readonly consumers?: ReadonlySet<NodeId>;
}

/**
 * What has to be evaluated again when one node moves. Nodes on the way from it to the cost fall into two parts:
 * `evaluated`, whose values at both points are computed, and behind them `differenced`, from which on J is linear (a
 * mean over examples, a sum of data and penalty): there f(x₊) − f(x₋) = f(x₊ − x₋), so the difference is taken
 * before the sums, where it loses no digits, instead of between two totals.
 */
export interface MovedPath {
  readonly origin: ProbeOrigin;
  /** Op nodes evaluated for every lane, in order. */
  readonly evaluated: readonly NodeId[];
  /** Nodes (the origin may be one) whose two values are subtracted. */
  readonly frontier: readonly NodeId[];
  /** Op nodes evaluated on differences, in order; the cost is the last one, unless it is in `frontier`. */
  readonly differenced: readonly NodeId[];
  /** Whether an op node sees one of its inputs move. */
  readonly moves: (node: NodeId, input: NodeId) => boolean;
}

/** The path from an origin; all three lists are empty when J does not depend on it. */
export function movedPath(graph: Graph, origin: ProbeOrigin): MovedPath {
  const moved = movedNodes(graph, origin);
  const moves = (node: NodeId, input: NodeId) => moved[input] && sees(origin, node, input);
  if (!moved[graph.cost]) return { origin, evaluated: [], frontier: [], differenced: [], moves };
  const consumers = movedConsumers(graph, moved, moves);
  const differenced = new Array<boolean>(graph.nodes.length).fill(false);
  for (let id = graph.cost; id > origin.node; id--) {
    const node = graph.nodes[id];
    if (!moved[id] || isLeaf(node)) continue;
    const linear = isLinear(
      node,
      node.inputs.map((input) => moves(id, input)),
    );
    differenced[id] = linear && consumers[id].every((consumer) => differenced[consumer]);
  }
  const all = graph.nodes.flatMap((_, id) => (moved[id] ? [id] : []));
  const isRead = (id: NodeId) => id === graph.cost || consumers[id].some((consumer) => differenced[consumer]);
  return {
    origin,
    evaluated: all.filter((id) => id !== origin.node && !differenced[id]),
    frontier: all.filter((id) => !differenced[id] && isRead(id)),
    differenced: all.filter((id) => differenced[id]),
    moves,
  };
}

function sees({ node: start, consumers }: ProbeOrigin, node: NodeId, input: NodeId): boolean {
  return input !== start || consumers === undefined || consumers.has(node);
}

/** Marks the nodes between the origin and the cost. */
function movedNodes(graph: Graph, origin: ProbeOrigin): boolean[] {
  const needed = ancestorsOf(graph, graph.cost);
  const moved = new Array<boolean>(graph.nodes.length).fill(false);
  moved[origin.node] = needed[origin.node];
  graph.nodes.forEach((node, id) => {
    if (isLeaf(node) || !needed[id]) return;
    if (node.inputs.some((input) => moved[input] && sees(origin, id, input))) moved[id] = true;
  });
  return moved;
}

function movedConsumers(graph: Graph, moved: readonly boolean[], moves: MovedPath['moves']): NodeId[][] {
  const consumers: NodeId[][] = graph.nodes.map(() => []);
  graph.nodes.forEach((node, id) => {
    if (isLeaf(node) || !moved[id]) return;
    for (const input of new Set(node.inputs)) if (moves(id, input)) consumers[input].push(id);
  });
  return consumers;
}

function isLinear(node: OpNode, moved: readonly boolean[]): boolean {
  return findOp(node.op).linear?.(moved, node.attributes) ?? false;
}
