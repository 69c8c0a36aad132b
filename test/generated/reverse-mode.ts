import type { CheckJob } from '../../src/check/check-job.ts';
import { isLeaf, type NodeId } from '../../src/graph/graph.ts';
import { sizeOf } from '../../src/tensors/tensor.ts';
import { adjointOf } from './adjoints/registry.ts';
import { forwardValues } from './forward-values.ts';

export interface BackpropagationOptions {
  /** Applied to every value and every derivative, as arithmetic in a lower precision would. */
  readonly round?: (value: number) => number;
  /** Nodes whose derivative is left out, as in a backward pass that forgot an activation's. */
  readonly withoutDerivative?: ReadonlySet<NodeId>;
}

/**
 * The gradient of a job's J by reverse-mode differentiation, laid out as θ: derivatives by hand, op by op, for tests
 * alone. The checker has none of this.
 */
export function backpropagate(job: CheckJob, options: BackpropagationOptions = {}): Float64Array {
  const { graph, parameters } = job.spec;
  const { round = (value) => value, withoutDerivative = new Set() } = options;
  const values = forwardValues(job, options.round);
  const adjoints = graph.nodes.map(({ shape }) => new Float64Array(sizeOf(shape)));
  adjoints[graph.cost].fill(1);
  for (let id = graph.cost; id >= 0; id--) {
    const node = graph.nodes[id];
    if (isLeaf(node) || adjoints[id].every((value) => value === 0)) continue;
    const gradients = withoutDerivative.has(id)
      ? [adjoints[id]]
      : adjointOf(node.op)({
          node,
          shapes: node.inputs.map((input) => graph.nodes[input].shape),
          inputs: node.inputs.map((input) => values[input]),
          output: values[id],
          adjoint: adjoints[id],
          round,
        });
    node.inputs.forEach((input, position) => {
      const own = adjoints[input];
      gradients[position]?.forEach((value, i) => {
        own[i] = round(own[i] + value);
      });
    });
  }
  const result = new Float64Array(job.theta.length);
  for (const { name, offset } of parameters) {
    graph.nodes.forEach((node, id) => {
      if (isLeaf(node) && node.op === 'parameter' && node.name === name) result.set(adjoints[id], offset);
    });
  }
  return result;
}
