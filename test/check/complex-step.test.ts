import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CheckJob } from '../../src/check/check-job.ts';
import { CheckRun } from '../../src/check/check-run.ts';
import { createJobMemory, requestCancel } from '../../src/check/job-memory.ts';
import { estimate } from '../../src/check/plan/estimate.ts';
import type { CheckSettings } from '../../src/check/settings.ts';
import { readMark } from '../../src/check/verdict/component-marks.ts';
import type { JobDocument } from '../../src/models/job-document.ts';
import { readJob } from '../../src/models/read-job.ts';
import { cubeJob } from '../fixtures/jobs.ts';
import { checkGradients, createRunner } from '../fixtures/on-kernels.ts';
import { threeLayerDocument } from '../models/published-case.ts';
import { arbitraryNetwork } from './arbitrary-network.ts';

function withSettings(job: CheckJob, settings: Partial<CheckSettings>): CheckJob {
  return { ...job, spec: { ...job.spec, settings: { ...job.spec.settings, ...settings } } };
}

/** The finished check of a job, its shards run in the order that `arrange` gives. */
function run(job: CheckJob, arrange = <T>(list: readonly T[]): readonly T[] => list): CheckRun {
  const check = new CheckRun(job);
  const runner = createRunner(createJobMemory(job, 1));
  for (let plan = check.nextPlan(); plan !== undefined; plan = check.nextPlan()) {
    for (const shard of arrange(plan.shards)) {
      const result = runner.run(shard, 0);
      if (result !== undefined) check.accept(result);
    }
  }
  return check;
}

function jobOf(document: JobDocument): CheckJob {
  const reading = readJob({ ...document, check: { ...document.check, method: 'complex-step' } });
  if (reading.kind === 'faults') throw new Error(JSON.stringify(reading.faults));
  return reading.job;
}

function expressionOf(cost: string, x: number | number[], gradient: number | number[]): CheckJob {
  return jobOf({ model: { format: 'expression', cost }, parameters: { x }, gradients: { x: gradient } });
}

describe('complex-step', () => {
  it('finds 3 for θ³ at 1 to the last digit, with one evaluation beside those at θ', async () => {
    const report = await checkGradients(cubeJob({ method: 'complex-step' }));
    expect(Math.abs(Number(report.parameters[0].worst[0].numeric) - 3)).toBeLessThanOrEqual(1e-15);
    expect(report).toMatchObject({
      verdict: 'pass',
      evaluations: 1 + 8 + 1,
      settings: { method: 'complex-step' },
    });
  });

  it('takes a step that was given exactly: Im (1 + 0.01i)³/0.01 = 2.9999', async () => {
    const report = await checkGradients(cubeJob({ method: 'complex-step', epsilon: 0.01 }));
    expect(Number(report.parameters[0].worst[0].numeric)).toBeCloseTo(2.9999, 14);
  });

  it('agrees with five-point differences, of an automatic step, on random networks', () => {
    fc.assert(
      fc.property(arbitraryNetwork.recipe, (recipe) => {
        const job = arbitraryNetwork.build(recipe);
        const complex = run(withSettings(job, { method: 'complex-step' }));
        const real = run(withSettings(job, { method: 'five-point' }));
        complex.numeric.forEach((value, component) => {
          if (readMark(real.conclusions.marks[component]).flags.includes('kink')) return;
          const bound = 1e-8 * Math.max(1, Math.abs(value));
          expect(Math.abs(value - real.numeric[component]), `${component}`).toBeLessThanOrEqual(bound);
        });
      }),
      { numRuns: 60 },
    );
  });

  it('gives each component of the published three-layer network to 12 digits', () => {
    const job = jobOf(threeLayerDocument('correct'));
    const { numeric } = run(job);
    expect(numeric).toHaveLength(47);
    numeric.forEach((value, component) => {
      const published = job.claimed[component];
      expect(Math.abs(value - published)).toBeLessThanOrEqual(1e-12 * Math.abs(published));
    });
  });

  it('fails exactly the eight wrong components of that network, and passes the right one', async () => {
    const wrong = await checkGradients(jobOf(threeLayerDocument('wrong')));
    expect(wrong.components).toMatchObject({ failed: 8, passed: 39, inconclusive: 0 });
    const right = await checkGradients(jobOf(threeLayerDocument('correct')));
    expect(right.verdict).toBe('pass');
    expect(Number(right.relativeDifference)).toBeLessThan(1e-12);
  });

  const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
  const closedForms: readonly [string, number, number][] = [
    ['exp(x)', 1.5, Math.exp(1.5)],
    ['log(x)', 3, 1 / 3],
    ['log1p(x)', 1e-12, 1 / (1 + 1e-12)],
    ['sqrt(x)', 2, 0.5 / Math.sqrt(2)],
    ['tanh(x)', 9, 1 / Math.cosh(9) ** 2],
    ['tanh(x)', -300, 4 * Math.exp(-600)],
    ['sigmoid(x)', -40, sigmoid(-40) * sigmoid(40)],
    ['softplus(x)', 0.7, sigmoid(0.7)],
    ['sin(x)', 100, Math.cos(100)],
    ['x**2.5', 1.7, 2.5 * 1.7 ** 1.5],
    ['x**-3', -1.7, -3 * (-1.7) ** -4],
    ['2.5**x', 1.3, Math.log(2.5) * 2.5 ** 1.3],
    ['1 / (1 + x**2)', 0.3, -0.6 / 1.09 ** 2],
    ['log(sigmoid(x))', -600, 1],
    ['exp(x) / (1 + exp(x)**3)**0.5', 0, 0.5 ** 0.5 * (1 - 0.75)],
  ];
  it.each(closedForms)('differentiates %s at %d as its closed form does', async (cost, x, slope) => {
    const { numeric } = run(expressionOf(cost, x, slope));
    expect(Math.abs(numeric[0] - slope)).toBeLessThanOrEqual(4e-15 * Math.abs(slope));
  });

  it('neither overflows nor loses digits where logits are beyond ±700', () => {
    const costs = [
      ['logsumexp(x)', [0, 0, 1]],
      ['log_softmax(x)[0]', [1, 0, -1]],
      ['softplus(x[2]) - softplus(x[1])', [0, 0, 1]],
      ['tanh(x[0]) + sigmoid(x[2]) + sigmoid(x[1])', [0, 0, 0]],
    ] as const;
    for (const [cost, gradient] of costs) {
      const { numeric } = run(expressionOf(cost, [-750, -720, 800], [...gradient]));
      expect([...numeric], cost).toEqual(gradient);
    }
  });

  it('passes 0 against what rounding leaves of terms that cancel', async () => {
    const cost = '0.1*x[0] + 0.2*x[0] - 0.3*x[0] + x[1]';
    const job = expressionOf(cost, [1, 1], [0, 1]);
    expect(Math.abs(run(job).numeric[0])).toBeGreaterThan(1e-17);
    expect(await checkGradients(job)).toMatchObject({ verdict: 'pass', components: { inconclusive: 0 } });
    expect((await checkGradients(expressionOf(cost, [1, 1], [1e-12, 1]))).verdict).toBe('fail');
  });

  it('takes what an infinite value does not reach as still', async () => {
    const report = await checkGradients(expressionOf('x**2 + relu(x + log(0)) + 1 / (x + exp(1000))', 3, 6));
    expect(report).toMatchObject({ verdict: 'pass', components: { kinks: 0 } });
  });

  it('gives the same bits in whatever order its shards run', () => {
    const job = withSettings(
      arbitraryNetwork.build({
        widths: [30, 24, 12],
        activations: ['tanh', 'softmax', 'identity', 'identity'],
        loss: 'cross-entropy',
        examples: 24,
        penalty: true,
        residual: false,
        tied: true,
        seed: 7,
      }),
      { method: 'complex-step' },
    );
    const check = new CheckRun(job);
    expect(check.nextPlan()?.stage).toBe('prepare');
    const backwards = run(job, (list) => list.toReversed());
    expect(backwards.report(0)).toEqual(run(job).report(0));
    expect(backwards.report(0).evaluations).toBe(estimate(job.spec).evaluations);
  });

  it('ends a shard between components when cancelled', () => {
    const job = cubeJob({ method: 'complex-step' });
    const memory = createJobMemory(job, 1);
    const [shard] = new CheckRun(job).nextPlan()?.shards ?? [];
    requestCancel(memory);
    expect(createRunner(memory).run(shard, 0)).toBeUndefined();
  });
});

describe('complex-step at a point where J has no derivative', () => {
  const kinks: readonly [string, number, number, number][] = [
    ['relu(x)', 0, 1, 2],
    ['relu(x)', -1e-12, 1, 2],
    ['maximum(x, 2 * x - 1)', 1, 1.5, 3],
    ['max(stack([x, x**2]))', 1, 2, 0],
    ['where(x > 1, x, 3 * x - 2)', 1, 3, -3],
  ];
  it.each(kinks)(
    '%s at %d passes what lies between the slopes, and nothing else',
    async (cost, x, within, beyond) => {
      const right = await checkGradients(expressionOf(cost, x, within));
      expect(right).toMatchObject({ verdict: 'pass', components: { kinks: 1 } });
      expect((await checkGradients(expressionOf(cost, x, beyond))).verdict).not.toBe('pass');
    },
  );

  const smooth: readonly [string, number, number][] = [
    ['relu(x)', 1e-6, 1],
    ['maximum(x, x)', 1, 1],
    ['where(x > 2, x, 3 * x)', 2.001, 1],
    ['log(x)', 1e-6, 1e6],
  ];
  it.each(smooth)('%s at %d is none: right passes, wrong fails', async (cost, x, slope) => {
    const right = await checkGradients(expressionOf(cost, x, slope));
    expect(right).toMatchObject({ verdict: 'pass', components: { kinks: 0 } });
    expect((await checkGradients(expressionOf(cost, x, 2 * slope))).verdict).toBe('fail');
  });

  const undefinedAt: readonly [string, number, number][] = [
    ['sqrt(x)', 0, 0],
    ['log(x)', -1, -1],
    ['1 / x', 0, 0],
    ['x**0.5', 0, 0],
  ];
  it.each(undefinedAt)(
    '%s at %d has no numeric value, so nothing is called wrong or right',
    async (cost, x, claimed) => {
      const report = await checkGradients(expressionOf(cost, x, claimed));
      expect(report.verdict).toBe('inconclusive');
      expect(report.parameters[0].worst[0]).toMatchObject({ numeric: 'NaN' });
    },
  );

  const onlyByDifferences: readonly [string, number, number][] = [
    ['sqrt(x**2)', 0, 0],
    ['log(sigmoid(x))', -700, 1],
  ];
  it.each(onlyByDifferences)(
    '%s at %d is decided by differences where no step off the axis can',
    async (cost, x, slope) => {
      const report = await checkGradients(expressionOf(cost, x, slope));
      expect(report.parameters[0].worst[0]).toMatchObject({
        numeric: 'NaN',
        refined: { numeric: expect.closeTo(slope, 6) },
        verdict: 'pass',
      });
      expect((await checkGradients(expressionOf(cost, x, slope + 1))).verdict).not.toBe('pass');
    },
  );
});
