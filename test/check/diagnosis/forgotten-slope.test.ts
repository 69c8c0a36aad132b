import { describe, expect, it } from 'vitest';
import type { CheckJob } from '../../../src/check/check-job.ts';
import { CheckRun } from '../../../src/check/check-run.ts';
import { createJobMemory } from '../../../src/check/job-memory.ts';
import { randomStream } from '../../../src/check/random.ts';
import type { Shard, ShardResult } from '../../../src/check/shard.ts';
import { readJob } from '../../../src/models/read-job.ts';
import { completedRun, numericGradient } from '../../fixtures/numeric-gradient.ts';
import { createRunner } from '../../fixtures/on-kernels.ts';
import { slopeVariantJobs } from './slope-variant-jobs.ts';

/** Four dense layers with the given activations between them, and a claimed gradient of zeros. */
function network(activations: readonly object[], strategy = 'weight-perturbation'): CheckJob {
  const widths = [4, 6, 5, 6, 2];
  const random = randomStream(7);
  const values = (rows: number, columns: number) =>
    Array.from({ length: rows }, () => Array.from({ length: columns }, () => 2 * random() - 1));
  const dense = (layer: number) => ({ type: 'dense', weights: `W${layer}`, bias: `b${layer}` });
  const layers = widths.slice(1).flatMap((_, i) => [dense(i + 1), ...activations.slice(i, i + 1)]);
  const tensors = widths
    .slice(1)
    .flatMap((width, i) => [
      [`W${i + 1}`, values(widths[i], width)] as const,
      [`b${i + 1}`, values(1, width)[0]] as const,
    ]);
  const outcome = readJob({
    model: {
      format: 'layers',
      layout: 'batch-first',
      input: 'X',
      layers,
      loss: { type: 'mse', target: 'Y' },
    },
    data: { X: values(7, 4), Y: values(7, 2) },
    parameters: Object.fromEntries(tensors),
    // Replaced below.
    gradients: Object.fromEntries(tensors),
    check: { strategy },
  });
  if (outcome.kind !== 'job') throw new Error(JSON.stringify(outcome.faults));
  return { ...outcome.job, claimed: new Float64Array(outcome.job.theta.length) };
}

const names = (job: CheckJob) => job.spec.parameters.map(({ name }) => name);

/** The job claiming what a backward pass gives that leaves out the derivative of the `forgotten`-th activation. */
function forgetting(job: CheckJob, forgotten: number): CheckJob {
  return { ...job, claimed: numericGradient(slopeVariantJobs(job, names(job))[forgotten].job) };
}

const kinds = [
  { type: 'relu' },
  { type: 'sigmoid' },
  { type: 'tanh' },
  { type: 'gelu' },
  { type: 'leaky-relu' },
  { type: 'silu' },
] as const;

describe.each(kinds)('the derivative of $type', ({ type }) => {
  it.each([0, 1, 2])('left out behind layer %d is named, with the layer', (place) => {
    const others = [{ type: 'tanh' }, { type: 'sigmoid' }, { type: 'softplus' }];
    const job = network(others.with(place, { type }));
    const report = completedRun(forgetting(job, place)).report(0);
    const failing = report.parameters.filter(({ verdict }) => verdict === 'fail');
    expect(failing.map(({ name }) => name)).toEqual(names(job).slice(0, 2 * place + 2));
    for (const { diagnoses } of failing) {
      expect(diagnoses?.[0]).toMatchObject({
        cause: { kind: 'activation-slope', op: type, layer: `layers[${2 * place + 1}] (${type})` },
        certainty: 'fact',
        explained: 1,
      });
    }
    expect(report.diagnosis?.shared?.cause.kind).toBe('activation-slope');
  });
});

it('node-perturbation leads to the same cause', () => {
  const job = network([{ type: 'relu' }, { type: 'tanh' }, { type: 'sigmoid' }], 'node-perturbation');
  const report = completedRun(forgetting(job, 1)).report(0);
  expect(report.parameters[0].diagnoses?.[0].cause).toMatchObject({ kind: 'activation-slope', op: 'tanh' });
});

/** What a check asks for and gets, shard by shard, in the order that `arrange` gives each stage's shards. */
function run(job: CheckJob, arrange: (shards: readonly Shard[]) => readonly Shard[]) {
  const check = new CheckRun(job);
  const runner = createRunner(createJobMemory(job, 1));
  const results: ShardResult[] = [];
  for (let plan = check.nextPlan(); plan !== undefined; plan = check.nextPlan()) {
    for (const shard of arrange(plan.shards)) {
      const result = runner.run(shard, 0);
      if (result === undefined) throw new Error('cancelled');
      check.accept(result);
      check.accept(result);
      results.push(result);
    }
  }
  return { report: check.report(0), results };
}

describe('the stage diagnose', () => {
  const stages = (results: readonly ShardResult[]) => new Set(results.map(({ stage }) => stage));
  const job = network([{ type: 'relu' }, { type: 'tanh' }, { type: 'sigmoid' }]);
  const wrong = forgetting(job, 0);

  it('gives the same report in whatever order its shards come', () => {
    const inOrder = run(wrong, (shards) => shards);
    expect(run(wrong, (shards) => shards.toReversed()).report).toEqual(inOrder.report);
    expect(stages(inOrder.results)).toContain('diagnose');
  });

  it('is resumed from results that are stored', () => {
    const { report, results } = run(wrong, (shards) => shards);
    const resumed = new CheckRun(wrong);
    for (const result of results) resumed.accept(result);
    expect(resumed.nextPlan()).toBeUndefined();
    expect(resumed.report(0)).toEqual(report);
  });

  it('is not run for a right gradient, nor where what is known explains everything', () => {
    const right = numericGradient(job);
    const scaled = right.map((value) => 2 * value);
    for (const claimed of [right, scaled])
      expect(stages(run({ ...job, claimed }, (shards) => shards).results)).not.toContain('diagnose');
  });

  it('computes what the gradient of the altered cost is', () => {
    const [{ activation, job: altered }] = slopeVariantJobs(job, names(job));
    const expected = numericGradient(altered);
    const { results } = run(wrong, (shards) => shards);
    const gradients = results
      .flatMap((result) => (result.stage === 'diagnose' ? result.gradients : []))
      .filter((gradient) => gradient.activation.exit === activation.exit);
    expect(gradients.length).toBeGreaterThan(0);
    for (const { parameter, components, numeric } of gradients) {
      const { offset } = job.spec.parameters[parameter];
      components.forEach((component, i) => {
        expect(numeric[i]).toBeCloseTo(expected[offset + component], 8);
      });
    }
  });
});
