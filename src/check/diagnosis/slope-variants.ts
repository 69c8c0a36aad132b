import { isLeaf, type NodeId } from '../../graph/graph.ts';
import { heldName, slopedNodes, withIdentitySlope } from '../../graph/identity-slope.ts';
import type { CheckJob } from '../check-job.ts';

/** A job whose numeric gradient is what a backward pass gives that leaves one activation's derivative out. */
export interface SlopeVariantJob {
  readonly node: NodeId;
  /** What the client wrote that became the activation: `layers[1] (relu)`. */
  readonly layer: string;
  readonly op: string;
  /** An ordinary job with the same θ: only the failing parameters are checked. */
  readonly job: CheckJob;
}

/** One job for every activation between J and a failing parameter. */
export function slopeVariantJobs(job: CheckJob, failing: readonly string[]): readonly SlopeVariantJob[] {
  const { spec, theta, data } = job;
  const held = spec.parameters.map(({ name, shape, offset, size }) => ({
    name: heldName(name),
    tensor: { shape, dtype: 'float64' as const, values: theta.subarray(offset, offset + size) },
  }));
  return slopedNodes(spec.graph, new Set(failing)).flatMap((node) => {
    const replaced = spec.graph.nodes[node];
    if (isLeaf(replaced)) return [];
    const graph = withIdentitySlope(spec.graph, node);
    const used = new Set(
      graph.nodes.flatMap((each) => (isLeaf(each) && each.op === 'data' ? [each.name] : [])),
    );
    const added = held.filter(({ name }) => used.has(name));
    return {
      node,
      op: replaced.op,
      layer: replaced.source ?? `node ${node}`,
      job: {
        ...job,
        spec: {
          ...spec,
          graph,
          data: [...spec.data, ...added.map(({ name, tensor }) => ({ name, shape: tensor.shape }))],
          settings: { ...spec.settings, components: { parameters: failing } },
        },
        data: [...data, ...added.map(({ tensor }) => tensor)],
      },
    };
  });
}
