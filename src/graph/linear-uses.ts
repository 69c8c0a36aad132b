import { sameShape } from '../tensors/tensor.ts';
import { type Graph, isLeaf, type NodeId } from './graph.ts';
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
  readonly chain: readonly LinearLink[];
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
  for (const node of consumers[leaf]) {
    const use = followUse(graph, consumers, leaf, node);
    if (use === undefined) other.push(node);
    else linear.push(use);
  }
  return { linear, other };
}

function followUse(
  graph: Graph,
  consumers: readonly NodeId[][],
  leaf: NodeId,
  first: NodeId,
): LinearUse | undefined {
  const chain: LinearLink[] = [];
  let from = leaf;
  let node = first;
  let multiplied = false;
  for (;;) {
    const link = linearLink(graph, node, from);
    if (link === undefined) return undefined;
    chain.push(link);
    const ops = graph.nodes[node];
    if (!isLeaf(ops) && ops.inputs.length > 1) multiplied = true;
    const [next, ...more] = consumers[node];
    // Behind a product or a bias only further terms are followed, so that W and b come to the same output.
    const goesOn = next !== undefined && more.length === 0 && (!multiplied || addsTerm(graph, next, node));
    if (!goesOn) break;
    from = node;
    node = next;
  }
  return multiplied ? { chain, output: node } : undefined;
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
