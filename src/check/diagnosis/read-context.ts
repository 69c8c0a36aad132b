import { backwardSteps } from '../../graph/backward-steps.ts';
import { independentAxes } from '../../graph/example-map.ts';
import { type Graph, isLeaf } from '../../graph/graph.ts';
import { parameterUses } from '../../graph/linear-uses.ts';
import type { CheckJob } from '../check-job.ts';
import type { DiagnosisContext } from './diagnosis-context.ts';
import { findPenalties } from './find-penalties.ts';
import type { SlopeVariant } from './slope-variant.ts';

/** What a job's graph tells of the cost. */
export function readContext(
  { spec, data }: CheckJob,
  slopeVariants: readonly SlopeVariant[] = [],
): DiagnosisContext {
  const scalar = (name: string) => {
    const position = spec.data.findIndex((tensor) => tensor.name === name);
    return position < 0 || data[position].values.length !== 1 ? undefined : data[position].values[0];
  };
  const examples = exampleCount(spec.graph);
  return {
    ...(examples === undefined ? {} : { examples }),
    penalties: findPenalties(spec.graph, scalar),
    steps: backwardSteps(spec.graph),
    slopeVariants,
  };
}

/** m: the length of the only axis that the way from some layer's output to the cost keeps apart; the first such layer tells. */
function exampleCount(graph: Graph): number | undefined {
  for (const [leaf, node] of graph.nodes.entries()) {
    if (!isLeaf(node) || node.op !== 'parameter') continue;
    for (const { output } of parameterUses(graph, leaf).linear) {
      const axes = independentAxes(graph, { node: output });
      if (axes.length === 1) return graph.nodes[output].shape[axes[0]];
    }
  }
  return undefined;
}
