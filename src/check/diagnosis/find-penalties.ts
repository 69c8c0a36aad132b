import { type Graph, isLeaf, type NodeId, type OpNode } from '../../graph/graph.ts';
import { sizeOf } from '../../tensors/tensor.ts';
import type { Penalty } from './penalty.ts';

/** A named data tensor's value, if it is one number. */
export type ScalarData = (name: string) => number | undefined;

/** By node, the value of those that are one number and do not depend on θ. */
type Constants = readonly (number | undefined)[];

/**
 * The terms c·Σθ² and c·Σ|θ| of J, found by following J back through sums and constant factors. A penalty written in
 * another way is not found; then its mistakes are told as of a penalty that J does not have.
 */
export function findPenalties(graph: Graph, scalarData: ScalarData): readonly Penalty[] {
  const constants = constantValues(graph, scalarData);
  const found: Penalty[] = [];
  /** What every entry of a node is multiplied with on its way into J; 0 where that is not the same for all. */
  const weights = new Float64Array(graph.nodes.length);
  weights[graph.cost] = 1;
  for (let id = graph.cost; id >= 0; id--) {
    const node = graph.nodes[id];
    if (weights[id] === 0 || isLeaf(node)) continue;
    const penalty = penaltyTerm(graph, node, constants);
    if (penalty !== undefined) found.push({ ...penalty, slope: penalty.slope * weights[id] });
    else for (const [input, factor] of terms(graph, node, constants)) weights[input] += weights[id] * factor;
  }
  return found;
}

/** The inputs in which a node is linear with a constant factor, and what an entry's weight is multiplied with. */
function terms(graph: Graph, node: OpNode, constants: Constants): [input: NodeId, factor: number][] {
  const size = sizeOf(node.shape);
  const spread = (input: NodeId) => size / sizeOf(graph.nodes[input].shape);
  const [left, right] = node.inputs;
  switch (node.op) {
    case 'add':
      return node.inputs.map((input) => [input, spread(input)]);
    case 'subtract':
      return [
        [left, spread(left)],
        [right, -spread(right)],
      ];
    case 'negate':
      return [[left, -1]];
    case 'identity':
    case 'reshape':
    case 'transpose':
    case 'sum':
      return [[left, 1]];
    case 'mean':
      return [[left, spread(left)]];
    case 'multiply': {
      const [a, b] = [constants[left], constants[right]];
      if (a !== undefined) return [[right, a * spread(right)]];
      return b === undefined ? [] : [[left, b * spread(left)]];
    }
    case 'divide': {
      const divisor = constants[right];
      return divisor === undefined ? [] : [[left, spread(left) / divisor]];
    }
    default:
      return [];
  }
}

function penaltyTerm(graph: Graph, node: OpNode, constants: Constants): Penalty | undefined {
  const [left, right] = node.inputs;
  const leaf = graph.nodes[left];
  if (!isLeaf(leaf) || leaf.op !== 'parameter') return undefined;
  if (node.op === 'abs') return { parameter: leaf.name, kind: 'l1', slope: 1 };
  const isSquare =
    node.op === 'square' ||
    (node.op === 'multiply' && left === right) ||
    (node.op === 'power' && constants[right] === 2);
  return isSquare ? { parameter: leaf.name, kind: 'l2', slope: 2 } : undefined;
}

function constantValues(graph: Graph, scalarData: ScalarData): Constants {
  const values: (number | undefined)[] = [];
  for (const node of graph.nodes) {
    if (sizeOf(node.shape) !== 1) values.push(undefined);
    else if (!isLeaf(node))
      values.push(
        constantResult(
          node.op,
          node.inputs.map((input) => values[input]),
        ),
      );
    else if (node.op === 'constant') values.push(graph.constants[Number(node.name)].values[0]);
    else values.push(node.op === 'data' ? scalarData(node.name) : undefined);
  }
  return values;
}

function constantResult(op: string, [a, b]: readonly (number | undefined)[]): number | undefined {
  if (a === undefined) return undefined;
  if (op === 'negate') return -a;
  if (op === 'identity' || op === 'reshape') return a;
  if (b === undefined) return undefined;
  switch (op) {
    case 'add':
      return a + b;
    case 'subtract':
      return a - b;
    case 'multiply':
      return a * b;
    case 'divide':
      return a / b;
    default:
      return undefined;
  }
}
