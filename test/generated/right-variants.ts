import type { CheckJob } from '../../src/check/check-job.ts';
import { largestMagnitude } from '../../src/check/verdict/precision.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { tensor } from '../../src/tensors/tensor.ts';
import type { BugSite } from './bug-site.ts';
import { backpropagate } from './reverse-mode.ts';

/** A right gradient, and the job that claims it. */
export interface RightVariant {
  readonly name: string;
  /** Undefined where the network has none. */
  readonly claim: (site: BugSite) => { readonly job: CheckJob; readonly claimed: Float64Array } | undefined;
}

export const rightVariants: readonly RightVariant[] = [
  { name: 'exact', claim: ({ network: { job }, right }) => ({ job, claimed: right }) },
  {
    name: 'rounded to float32',
    claim: ({ network: { job }, right }) => ({ job, claimed: right.map(Math.fround) }),
  },
  {
    name: 'computed in float32',
    claim: ({ network: { job }, right }) => {
      const claimed = backpropagate(job, { round: Math.fround });
      return isRightInFloat32(claimed, right, job) ? { job: sentAsFloat32(job), claimed } : undefined;
    },
  },
  {
    name: 'of a cost a million times larger or smaller',
    claim: ({ network: { seed, job } }) => {
      const scaled = withCostTimes(seed % 3 === 0 ? 1e6 : 1e-6, job);
      return { job: scaled, claimed: backpropagate(scaled) };
    },
  },
];

/** The job with its gradients sent by a file of float32 numbers; that of few numbers could not be told by its looks. */
function sentAsFloat32(job: CheckJob): CheckJob {
  const parameters = job.spec.parameters.map((parameter) => ({
    ...parameter,
    claimedDtype: 'float32' as const,
  }));
  return { ...job, spec: { ...job.spec, parameters } };
}

/** The job with J multiplied by a factor. */
function withCostTimes(factor: number, job: CheckJob): CheckJob {
  const { nodes, constants, cost } = job.spec.graph;
  const graph: Graph = {
    nodes: [
      ...nodes,
      { op: 'constant', name: String(constants.length), shape: [] },
      { op: 'multiply', inputs: [cost, nodes.length], attributes: {}, shape: nodes[cost].shape },
    ],
    constants: [...constants, tensor([], [factor])],
    cost: nodes.length + 1,
  };
  return { ...job, spec: { ...job.spec, graph } };
}

/**
 * Whether float32 has lost no more than the rules for it allow: 1e-4 of a parameter's largest component. Before a norm
 * of inputs that hardly differ it can lose everything, and what is left is no right gradient any more.
 */
function isRightInFloat32(claimed: Float64Array, right: Float64Array, job: CheckJob): boolean {
  const least = 2 ** -19 * largestMagnitude(right);
  return job.spec.parameters.every(({ offset, size }) => {
    const own = right.subarray(offset, offset + size);
    const allowed = Math.max(1e-4 * largestMagnitude(own), least);
    return own.every((value, i) => Math.abs(value - claimed[offset + i]) <= allowed);
  });
}
