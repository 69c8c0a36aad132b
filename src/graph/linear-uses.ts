import { sameShape } from '../tensors/tensor.ts';
import { type Graph, isLeaf, type NodeId } from './graph.ts';
import { isMovement } from './moved-entries.ts';
import { findOp } from './ops/registry.ts';
import { ancestorsOf } from './tape.ts';

/** One op on the way from a parameter to the node that is probed in its stead: linear in `input`, the rest held. */
export interface LinearLink {
  readonly node: NodeId;
  readonly input: number;
}

/**
 * One place where a parameter enters J through ops that are linear in it (X·W, + b, a transpose before that). What
 * comes out of the last one, the output, is probed; the derivative by the parameter follows by the transposed map.
 */
export interface LinearUse {
  readonly leaf: NodeId;
  readonly chain: readonly LinearLink[];
  /** The links that the chain begins with and that only move entries: of several such ways to one node, one stands here. */
  readonly moves: number;
  readonly output: NodeId;
}

/** The uses of a parameter: those that are linear, and the op nodes that read it in any other way. */
export interface ParameterUses {
  readonly linear: readonly LinearUse[];
  readonly other: readonly NodeId[];
}

/** Takes the uses of a leaf apart. The derivative by the leaf is the sum over its uses, each moved alone. */
export function parameterUses(graph: Graph, leaf: NodeId): ParameterUses {
  const consumers = neededConsumers(graph);
  const linear: LinearUse[] = [];
  const other: NodeId[] = [];
  const [moving, direct] = [true, false].map((moves) =>
    consumers[leaf].filter((node) => isMovement(graph, node) === moves),
  );
  // What is only moved is followed together, as a concatenation may bring it together again.
  for (const group of [moving, ...direct.map((node) => [node])]) {
    const uses = followUses(graph, consumers, leaf, group);
    if (uses === undefined) other.push(...group);
    else linear.push(...uses);
  }
  return { linear, other };
}

/** A link, and those before it. */
interface Way {
  readonly link: LinearLink;
  readonly before: Way | undefined;
  /** Whether all of them only move entries. */
  readonly moves: boolean;
  /** Whether any of them takes a second input: a product, or a sum. */
  readonly multiplied: boolean;
}

/**
 * The uses that begin with some ops; undefined when any of them is not linear. What is only moved (a weight turned round
 * or reshaped once, for every step of a recurrent layer) may be read in many places.
 */
function followUses(
  graph: Graph,
  consumers: readonly NodeId[][],
  leaf: NodeId,
  first: readonly NodeId[],
): LinearUse[] | undefined {
  const uses: LinearUse[] = [];
  const seen = new Set<NodeId>();
  const waiting: { readonly before: Way | undefined; readonly from: NodeId; readonly node: NodeId }[] =
    first.map((node) => ({ before: undefined, from: leaf, node }));
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { from, node } = next;
    const way = wayOn(graph, next.before, from, node);
    if (way === undefined) return undefined;
    if (way.moves && seen.has(node)) continue;
    seen.add(node);
    const following = followingOps(graph, consumers, way);
    if (following.length === 0 && !way.multiplied) return undefined;
    if (following.length === 0) uses.push({ leaf, ...chainOf(way), output: node });
    for (const consumer of following) waiting.push({ before: way, from: node, node: consumer });
  }
  return uses.reverse();
}

/** The way on to a node, if it is linear in that one input and can be gone back through. */
function wayOn(graph: Graph, before: Way | undefined, from: NodeId, node: NodeId): Way | undefined {
  const definition = graph.nodes[node];
  if (isLeaf(definition)) return undefined;
  if ((before?.moves ?? true) && isMovement(graph, node)) {
    return { link: { node, input: definition.inputs.indexOf(from) }, before, moves: true, multiplied: false };
  }
  const link = linearLink(graph, node, from);
  const multiplied = (before?.multiplied ?? false) || definition.inputs.length > 1;
  return link && { link, before, moves: false, multiplied };
}

/** Behind a product or a bias only further terms are followed, so that W and b come to the same output. */
function followingOps(graph: Graph, consumers: readonly NodeId[][], way: Way): readonly NodeId[] {
  const { node } = way.link;
  if (!way.multiplied) return consumers[node];
  const [next, ...more] = consumers[node];
  return next !== undefined && more.length === 0 && addsTerm(graph, next, node) ? [next] : [];
}

function chainOf(last: Way): Pick<LinearUse, 'chain' | 'moves'> {
  const chain: LinearLink[] = [];
  let moves = 0;
  for (let way: Way | undefined = last; way !== undefined; way = way.before) {
    chain.push(way.link);
    if (way.moves) moves++;
  }
  return { chain: chain.reverse(), moves };
}

/** The node as a link, if it is linear in that one input and can be gone back through. */
function linearLink(graph: Graph, node: NodeId, from: NodeId): LinearLink | undefined {
  const definition = graph.nodes[node];
  if (isLeaf(definition)) return undefined;
  const moved = definition.inputs.map((input) => input === from);
  const op = findOp(definition.op);
  if (moved.filter((each) => each).length !== 1 || op.transposed === undefined || op.pull === undefined)
    return undefined;
  if (op.linear?.(moved, definition.attributes) !== true) return undefined;
  return { node, input: moved.indexOf(true) };
}

/** Whether a node adds something to another one and leaves its entries where they are. */
function addsTerm(graph: Graph, node: NodeId, to: NodeId): boolean {
  const definition = graph.nodes[node];
  if (isLeaf(definition) || !(definition.op === 'add' || definition.op === 'subtract')) return false;
  if (definition.inputs[0] === definition.inputs[1] || !sameShape(definition.shape, graph.nodes[to].shape))
    return false;
  return definition.op === 'add' || definition.inputs[0] === to;
}

function neededConsumers(graph: Graph): NodeId[][] {
  const needed = ancestorsOf(graph, graph.cost);
  const consumers: NodeId[][] = graph.nodes.map(() => []);
  graph.nodes.forEach((node, id) => {
    if (isLeaf(node) || !needed[id]) return;
    for (const input of new Set(node.inputs)) consumers[input].push(id);
  });
  return consumers;
}
