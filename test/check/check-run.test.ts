import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CheckJob } from '../../src/check/check-job.ts';
import { CheckRun } from '../../src/check/check-run.ts';
import { createJobMemory, requestCancel } from '../../src/check/job-memory.ts';
import { estimate } from '../../src/check/plan/estimate.ts';
import type { CheckSettings } from '../../src/check/settings.ts';
import { specFromJson, specToJson } from '../../src/check/spec-json.ts';
import { checkGradients, createRunner } from '../fixtures/on-kernels.ts';
import { shardsOf } from '../fixtures/stage-shards.ts';
import { arbitraryNetwork } from './arbitrary-network.ts';

const network = arbitraryNetwork.build({
  widths: [9, 30, 20, 5],
  activations: ['tanh', 'relu', 'identity', 'identity'],
  loss: 'cross-entropy',
  examples: 12,
  penalty: true,
  residual: false,
  tied: false,
  seed: 3,
});

function withSettings(job: CheckJob, settings: Partial<CheckSettings>): CheckJob {
  return { ...job, spec: { ...job.spec, settings: { ...job.spec.settings, ...settings } } };
}

/** Runs every stage, the shards of each in the order that `arrange` gives. */
function runArranged(job: CheckJob, arrange: <T>(list: readonly T[]) => readonly T[], slots = 3): CheckRun {
  const run = new CheckRun(job);
  const runner = createRunner(createJobMemory(job, slots));
  for (let plan = run.nextPlan(); plan !== undefined; plan = run.nextPlan()) {
    for (const [position, shard] of arrange(plan.shards).entries()) {
      const result = runner.run(shard, position % slots);
      if (result === undefined) throw new Error('cancelled');
      run.accept(result);
      run.accept(result);
    }
  }
  return run;
}

describe('a check', () => {
  it('gives the same report to the last bit in whatever order and slot its shards ran', () => {
    const straight = runArranged(network, (list) => list).report(0);
    const backwards = runArranged(network, (list) => list.toReversed(), 2).report(0);
    expect(straight.components.checked).toBe(network.theta.length);
    expect(JSON.stringify(backwards)).toBe(JSON.stringify(straight));
  });

  it('plans every selected component exactly once, in shards that depend on the job alone', () => {
    fc.assert(
      fc.property(arbitraryNetwork.recipe, fc.option(fc.integer({ min: 1, max: 40 })), (recipe, sample) => {
        const job = withSettings(arbitraryNetwork.build(recipe), {
          components: sample === null ? 'all' : { sample },
        });
        const run = runArranged(job, (list) => list);
        const checked = run.numeric.filter((value) => !Number.isNaN(value)).length;
        expect(run.progress()).toEqual({ stage: 'sweep', completed: checked, total: checked });
        expect(run.report(0).components.checked).toBe(checked);
      }),
      { numRuns: 30 },
    );
  });

  it('announces each parameter once, in order, as soon as its last shard is in', () => {
    const run = new CheckRun(network);
    const runner = createRunner(createJobMemory(network, 1));
    const announced: string[] = [];
    for (let plan = run.nextPlan(); plan !== undefined; plan = run.nextPlan()) {
      for (const shard of plan.shards.toReversed()) {
        const result = runner.run(shard, 0);
        if (result !== undefined) run.accept(result);
        announced.push(...run.takeFinishedParameters().map(({ name }) => name));
      }
    }
    expect(announced).toEqual(network.spec.parameters.map(({ name }) => name));
  });

  it('stops as cost-mismatch, with both numbers, when the client computed another J', async () => {
    const { cost } = await checkGradients(network);
    const claimed = Number(cost) * (1 + 1e-6);
    const wrong = { ...network, spec: { ...network.spec, cost: claimed } };
    const run = runArranged(wrong, (list) => list);
    expect(run.failure()).toMatchObject({ code: 'cost-mismatch', data: { claimed, computed: cost } });
    await expect(checkGradients(wrong)).rejects.toMatchObject({ code: 'cost-mismatch' });
    const right = { ...network, spec: { ...network.spec, cost: Number(cost) * (1 + 1e-10) } };
    expect(runArranged(right, (list) => list).failure()).toBeUndefined();
  });

  it('ends a shard between batches when cancelled', () => {
    const memory = createJobMemory(network, 1);
    const run = new CheckRun(network);
    const runner = createRunner(memory);
    for (const shard of shardsOf(network, 'prepare')) {
      const prepared = runner.run(shard, 0);
      if (prepared !== undefined) run.accept(prepared);
    }
    requestCancel(memory);
    const [shard] = run.nextPlan()?.shards ?? [];
    expect(runner.run(shard, 0)).toBeUndefined();
  });

  it('reports only what was asked for, and says so', async () => {
    const report = await checkGradients(withSettings(network, { components: { parameters: ['W2'] } }));
    expect(report.parameters.map(({ name }) => name)).toEqual(['W2']);
    const sampled = await checkGradients(withSettings(network, { components: { sample: 50 } }));
    expect(sampled.components).toMatchObject({ total: network.theta.length, checked: 50 });
    expect(sampled.warnings.map(({ code }) => code)).toContain('partial-coverage');
  });

  it('is estimated without running: as many evaluations as are then made', async () => {
    const expected = estimate(network.spec);
    const right = { ...network, claimed: runArranged(network, (list) => list).numeric };
    const { evaluations } = await checkGradients(right);
    // Components near the noise are looked at again.
    expect(evaluations).toBeGreaterThanOrEqual(expected.evaluations);
    expect(evaluations).toBeLessThanOrEqual(1.02 * expected.evaluations);
    expect(evaluations).toBeLessThanOrEqual(2.1 * network.theta.length);
    expect(expected.components).toBe(network.theta.length);
  });

  it('tells its progress and ends when its signal aborts', async () => {
    const controller = new AbortController();
    const seen: number[] = [];
    const checking = checkGradients(network, {
      signal: controller.signal,
      onProgress: ({ completed, total }) => {
        seen.push(completed);
        if (completed > total / 2) controller.abort(new Error('enough'));
      },
    });
    await expect(checking).rejects.toThrow('enough');
    expect(seen.length).toBeGreaterThan(2);
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  });
});

it('a spec survives its JSON, the bits of its constants included', () => {
  const { graph } = network.spec;
  const constants = [
    { shape: [3], dtype: 'float64' as const, values: Float64Array.of(-0, Number.NaN, 1 / 3) },
  ];
  const spec = { ...network.spec, graph: { ...graph, constants } };
  expect(specFromJson(specToJson(spec))).toEqual(spec);
});
