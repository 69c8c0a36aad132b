import { expect, it } from 'vitest';
import type { CheckJob } from '../../src/check/check-job.ts';
import { randomStream } from '../../src/check/random.ts';
import type { Report } from '../../src/check/report/report.ts';
import type { Strategy } from '../../src/check/settings.ts';
import type { Graph } from '../../src/graph/graph.ts';
import { fromJsonNumber } from '../../src/tensors/json-number.ts';
import { tensor } from '../../src/tensors/tensor.ts';
import { checkGradients } from '../fixtures/on-kernels.ts';
import { type BugSite, plantedBugs } from './planted-bugs.ts';
import { type RandomNetwork, randomNetwork } from './random-network.ts';
import { backpropagate } from './reverse-mode.ts';

/** Seed n makes network n: any case can be made again from its number. */
const NETWORKS = 320;

const sites = Array.from({ length: NETWORKS }, (_, seed): BugSite => {
  const network = randomNetwork(randomStream(seed));
  const { parameters } = network.job.spec;
  const weights = parameters.filter(({ shape }) => shape.length === 2 && shape.every((length) => length > 1));
  const random = randomStream(seed + 1e6);
  return {
    network,
    right: backpropagate(network.job),
    weight: weights[Math.floor(random() * weights.length)],
    random,
  };
});

function check(job: CheckJob, claimed: Float64Array, seed: number): Promise<Report> {
  const strategy: Strategy = seed % 2 === 0 ? 'weight-perturbation' : 'node-perturbation';
  return checkGradients({
    ...job,
    claimed,
    spec: { ...job.spec, settings: { ...job.spec.settings, strategy } },
  });
}

/** The network with J multiplied by a factor. */
function withCostTimes(factor: number, { job }: RandomNetwork): CheckJob {
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

interface RightTally {
  readonly failed: number[];
  components: number;
  inconclusive: number;
}

async function tallyRight(
  claim: (site: BugSite, seed: number) => { readonly job: CheckJob; readonly claimed: Float64Array },
): Promise<RightTally> {
  const tally: RightTally = { failed: [], components: 0, inconclusive: 0 };
  for (const [seed, site] of sites.entries()) {
    const { job, claimed } = claim(site, seed);
    const { verdict, components } = await check(job, claimed, seed);
    if (verdict === 'fail' || components.failed > 0) tally.failed.push(seed);
    if (site.network.isSaturated) continue;
    tally.components += components.checked;
    tally.inconclusive += components.inconclusive;
  }
  return tally;
}

it.each<[string, Parameters<typeof tallyRight>[0]]>([
  ['exact', ({ network: { job }, right }) => ({ job, claimed: right })],
  ['rounded to float32', ({ network: { job }, right }) => ({ job, claimed: right.map(Math.fround) })],
  [
    'computed in float32',
    ({ network: { job } }) => ({ job, claimed: backpropagate(job, { round: Math.fround }) }),
  ],
  [
    'of a cost a million times larger or smaller',
    ({ network }, seed) => {
      const job = withCostTimes(seed % 4 < 2 ? 1e6 : 1e-6, network);
      return { job, claimed: backpropagate(job) };
    },
  ],
])(
  'a right gradient never fails: %s',
  async (_name, claim) => {
    const { failed, components, inconclusive } = await tallyRight(claim);
    expect(failed, 'seeds of networks that failed').toEqual([]);
    expect(inconclusive / components, 'share of undecided components').toBeLessThanOrEqual(0.01);
  },
  120_000,
);

it('a bug that moves a component by more than is said to be detectable fails, and its cause is named', async () => {
  const rows: string[] = [];
  const missed: string[] = [];
  const shares: number[] = [];
  for (const [number, bug] of plantedBugs.entries()) {
    let [planted, detected, named] = [0, 0, 0];
    for (const [seed, site] of sites.entries()) {
      // Every network has four of the bugs.
      if ((seed + number) % Math.ceil(plantedBugs.length / 4) !== 0) continue;
      const { network, right, weight } = site;
      const own = right.slice(weight.offset, weight.offset + weight.size);
      const spoilt = bug.spoil(own, site);
      if (spoilt === undefined) continue;
      const claimed = right.slice();
      claimed.set(spoilt, weight.offset);
      const report = await check(network.job, claimed, seed);
      const found = report.parameters.find(({ name }) => name === weight.name);
      if (found === undefined) throw new Error(`${weight.name} is not in the report`);
      const moved = own.reduce((most, value, i) => Math.max(most, Math.abs(value - spoilt[i])), 0);
      if (moved <= fromJsonNumber(found.detectable)) continue;
      planted++;
      if (found.verdict === 'fail') detected++;
      else missed.push(`${bug.name}, seed ${seed}: ${found.verdict}`);
      const [first] = found.diagnoses ?? [];
      if (first !== undefined && bug.isNamed(first.cause)) named++;
    }
    rows.push(`| ${bug.name} | ${planted} | ${detected} | ${named} |`);
    shares.push(named / planted);
  }
  const table = [
    '| bug in one weight | planted | failed | cause named first |',
    '| --- | --- | --- | --- |',
    ...rows,
  ];
  await expect(`${table.join('\n')}\n`).toMatchFileSnapshot('../../docs/verdict-table.md');
  expect(missed).toEqual([]);
  expect(Math.min(...shares), 'share with the right cause first, of the worst kind').toBeGreaterThanOrEqual(
    0.9,
  );
}, 240_000);
