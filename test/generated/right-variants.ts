import type { CheckJob } from '../../src/check/check-job.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { tensor } from '../../src/tensors/tensor.ts';
import type { BugSite } from './bug-site.ts';
import { backpropagate } from './reverse-mode.ts';

/** A right gradient, and the job that claims it. */
export interface RightVariant {
  readonly name: string;
  readonly claim: (site: BugSite) => { readonly job: CheckJob; readonly claimed: Float64Array };
}

export const rightVariants: readonly RightVariant[] = [
  { name: 'exact', claim: ({ network: { job }, right }) => ({ job, claimed: right }) },
  {
    name: 'rounded to float32',
    claim: ({ network: { job }, right }) => ({ job, claimed: right.map(Math.fround) }),
  },
  {
    name: 'computed in float32',
    claim: ({ network: { job } }) => ({ job, claimed: backpropagate(job, { round: Math.fround }) }),
  },
  {
    name: 'of a cost a million times larger or smaller',
    claim: ({ network: { seed, job } }) => {
      const scaled = withCostTimes(seed % 3 === 0 ? 1e6 : 1e-6, job);
      return { job: scaled, claimed: backpropagate(scaled) };
    },
  },
];

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
