import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CheckJob } from '../../src/check/check-job.ts';
import { CheckRun } from '../../src/check/check-run.ts';
import { compileJob } from '../../src/check/compile-job.ts';
import { createJobMemory } from '../../src/check/job-memory.ts';
import type { Strategy } from '../../src/check/settings.ts';
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
