import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CheckJob } from '../../src/check/check-job.ts';
import { CheckRun } from '../../src/check/check-run.ts';
import { compileJob } from '../../src/check/compile-job.ts';
import { createJobMemory } from '../../src/check/job-memory.ts';
import { defaultSettings, type Strategy } from '../../src/check/settings.ts';
import type { SweepResult } from '../../src/check/shard.ts';
import { judgeAudit } from '../../src/check/sweep/audit.ts';
import { GraphBuilder } from '../../src/graph/graph-builder.ts';
import { checkGradients, createRunner } from '../fixtures/on-kernels.ts';
import { arbitraryNetwork } from './arbitrary-network.ts';

function by(strategy: Strategy, job: CheckJob): CheckJob {
  return { ...job, spec: { ...job.spec, settings: { ...job.spec.settings, strategy } } };
}

function run(job: CheckJob): CheckRun {
  const check = new CheckRun(job);
  const runner = createRunner(createJobMemory(job, 1));
  for (let plan = check.nextPlan(); plan !== undefined; plan = check.nextPlan()) {
    for (const shard of plan.shards) {
      const result = runner.run(shard, 0);
      if (result !== undefined) check.accept(result);
    }
  }
  return check;
}

describe('the audit', () => {
  const job = arbitraryNetwork.build({
    widths: [6, 5, 4],
    activations: ['tanh', 'identity', 'identity', 'identity'],
    loss: 'mse',
    examples: 4,
    penalty: false,
    residual: false,
    tied: false,
    seed: 11,
  });

  it('that disagrees sends the parameter to weight-perturbation, and the report says both', () => {
    const node = by('node-perturbation', job);
    const check = new CheckRun(node);
    const runner = createRunner(createJobMemory(node, 1));
    const stages: string[] = [];
    for (let plan = check.nextPlan(); plan !== undefined; plan = check.nextPlan()) {
      stages.push(plan.stage);
      for (const shard of plan.shards) {
        const result = runner.run(shard, 0);
        if (result === undefined) throw new Error('cancelled');
        check.accept(result.stage === 'sweep' ? scaled(result) : result);
      }
    }
    const [first, second] = check.report(0).parameters;
    expect(stages).toContain('refine');
    expect(first).toMatchObject({ name: 'W1', strategy: 'weight-perturbation', audit: { agreed: false } });
    expect(second).toMatchObject({ name: 'b1', strategy: 'node-perturbation', audit: { agreed: true } });
    const right = run(by('weight-perturbation', job)).numeric;
    for (let i = 0; i < 30; i++) expect(check.numeric[i]).toBe(right[i]);
  });

  /** As if the units of W1 had been contracted wrongly. */
  function scaled(result: SweepResult): SweepResult {
    const entries = result.entries.map((entry) =>
      entry.parameter === 0 && entry.role === 'value'
        ? { ...entry, numeric: entry.numeric.map((value) => 1.01 * value) }
        : entry,
    );
    return { ...result, entries };
  }

  it('does not agree once one of the two is NaN where the other is not', () => {
    const pairs = [
      { node: Number.NaN, weight: 1, rounding: 0 },
      { node: 1, weight: 1, rounding: 0 },
    ];
    expect(judgeAudit(pairs, 1).agreed).toBe(false);
  });
});

it('a step that was given is used exactly by both strategies, across a kink too', async () => {
  const graph = new GraphBuilder();
  const rows = 400;
  const product = graph.apply('matmul', [graph.parameter('W', [rows, 1]), graph.data('x', [1])]);
  const cost = graph.apply('sum', [graph.apply('relu', [product])], { axes: [0], keepDims: false });
  const theta = new Float64Array(rows).fill(1);
  theta[123] = 0.001;
  const job: CheckJob = {
    spec: {
      graph: graph.finish(cost),
      parameters: [{ name: 'W', shape: [rows, 1], offset: 0, size: rows, claimedDtype: 'float64' }],
      data: [{ name: 'x', shape: [1] }],
      settings: { ...defaultSettings, epsilon: 0.01 },
      labels: {},
    },
    theta,
    claimed: new Float64Array(rows).fill(1),
    data: [{ shape: [1], dtype: 'float64', values: Float64Array.of(1) }],
  };
  for (const strategy of ['weight-perturbation', 'node-perturbation'] as const) {
    const check = run(by(strategy, job));
    expect(check.numeric[123], strategy).toBeCloseTo(0.55, 10);
    // A second look, with a step that does not reach the kink, tells that the gradient is right.
    expect(check.report(0).components).toMatchObject({ kinks: 0, passed: 400 });
    expect(check.conclusions.refinements.get(123)?.numeric).toBeCloseTo(1, 9);
  }
});

describe('node-perturbation', () => {
  it('gives the numeric gradient of weight-perturbation, within the rounding of both', () => {
    fc.assert(
      fc.property(arbitraryNetwork.recipe, (recipe) => {
        const job = arbitraryNetwork.build(recipe);
        const weight = run(by('weight-perturbation', job)).numeric;
        const node = run(by('node-perturbation', job)).numeric;
        const largest = weight.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
        weight.forEach((value, component) => {
          expect(Math.abs(node[component] - value), `component ${component}`).toBeLessThanOrEqual(
            2e-8 * Math.max(1, largest),
          );
        });
      }),
      { numRuns: 60 },
    );
  });

  it('is used for every weight and bias of a dense network, with two evaluations per unit and an audit', async () => {
    const job = arbitraryNetwork.build({
      widths: [12, 10, 6],
      activations: ['tanh', 'identity', 'identity', 'identity'],
      loss: 'cross-entropy',
      examples: 8,
      penalty: true,
      residual: false,
      tied: false,
      seed: 5,
    });
    const report = await checkGradients(by('node-perturbation', job));
    expect(report.settings.strategy).toBe('node-perturbation');
    for (const parameter of report.parameters) {
      expect(parameter.strategy).toBe('node-perturbation');
      expect(parameter.audit).toMatchObject({ agreed: true });
      expect(parameter.audit?.components).toBeGreaterThanOrEqual(Math.min(8, parameter.components.total));
    }
    const units = compileJob(by('node-perturbation', job).spec).blocks.filter(
      (block) => block.kind === 'units',
    );
    expect(units.map(({ probes }) => probes)).toEqual([10, 6]);
  });

  it('moves all examples of a unit at once where they are kept apart, and each alone where they are mixed', () => {
    const kept = arbitraryNetwork.build({
      widths: [3, 4, 2],
      activations: ['tanh', 'identity', 'identity', 'identity'],
      loss: 'mse',
      examples: 5,
      penalty: false,
      residual: false,
      tied: false,
      seed: 1,
    });
    const [first] = compileJob(by('node-perturbation', kept).spec).blocks;
    expect(first).toMatchObject({ kind: 'units', probes: 4 });
  });
});
