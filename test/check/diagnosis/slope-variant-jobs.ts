import type { CheckJob } from '../../../src/check/check-job.ts';
import { type Activation, activationsBetween } from '../../../src/graph/activations.ts';
import { isLeaf } from '../../../src/graph/graph.ts';
import { heldName, withIdentitySlope } from './identity-slope.ts';

/** A job whose numeric gradient is what a backward pass gives that leaves one activation's derivative out. */
export interface SlopeVariantJob {
  readonly activation: Activation;
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
  return activationsBetween(spec.graph, new Set(failing)).map((activation) => {
    const graph = withIdentitySlope(spec.graph, activation);
    const used = new Set(
      graph.nodes.flatMap((each) => (isLeaf(each) && each.op === 'data' ? [each.name] : [])),
    );
    const added = held.filter(({ name }) => used.has(name));
    return {
      activation,
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
