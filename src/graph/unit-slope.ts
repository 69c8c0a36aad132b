import type { Activation } from './activations.ts';
import type { Graph } from './graph.ts';

/**
 * The graph in which an activation a(z) is replaced by a(z₀) + (z − z₀), z₀ being z at θ: the same values at θ, node
 * by node, but the activation has slope 1. So the gradient is what a backward pass gives that leaves its derivative
 * out. For probes alone, on the base values of the graph itself.
 */
export function withUnitSlope(graph: Graph, { entry, exit }: Activation): Graph {
  const { shape } = graph.nodes[exit];
  return {
    ...graph,
    nodes: graph.nodes.with(exit, { op: 'unit-slope', inputs: [entry], attributes: {}, shape }),
  };
}
