import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CheckJob } from '../../src/check/check-job.ts';
import { CheckRun } from '../../src/check/check-run.ts';
import { createJobMemory } from '../../src/check/job-memory.ts';
import { evaluationError, relativeNoise, roundingBound } from '../../src/check/noise/noise.ts';
import { estimate } from '../../src/check/plan/estimate.ts';
import type { Report } from '../../src/check/report/report.ts';
import { type CheckSettings, type Method, methods, strategies } from '../../src/check/settings.ts';
import type { JobDocument } from '../../src/models/job-document.ts';
import { readJob } from '../../src/models/read-job.ts';
import { cubeJob, networkJob } from '../fixtures/jobs.ts';
import { checkGradients, createRunner } from '../fixtures/on-kernels.ts';
import { arbitraryNetwork } from './arbitrary-network.ts';

function withSettings(job: CheckJob, settings: Partial<CheckSettings>): CheckJob {
  return { ...job, spec: { ...job.spec, settings: { ...job.spec.settings, ...settings } } };
}

function jobOf(document: JobDocument): CheckJob {
  const reading = readJob(document);
  if (reading.kind === 'faults') throw new Error(JSON.stringify(reading.faults));
  return reading.job;
}

/** The finished check of a job, its shards run in the order that `arrange` gives. */
function run(job: CheckJob, arrange = <T>(list: readonly T[]): readonly T[] => list): CheckRun {
  const check = new CheckRun(job);
  const runner = createRunner(createJobMemory(job, 2));
  for (let plan = check.nextPlan(); plan !== undefined; plan = check.nextPlan()) {
    for (const [position, shard] of arrange(plan.shards).entries()) {
      const result = runner.run(shard, position % 2);
      if (result !== undefined) check.accept(result);
    }
  }
  return check;
}

/** A report without what `compareMethods` adds to it. */
function withoutComparison(report: Report): unknown {
  const text = JSON.stringify(report, (key, value) =>
    ['compared', 'compareMethods', 'evaluations', 'evaluationsSaved', 'plan'].includes(key)
      ? undefined
      : value,
  );
  return JSON.parse(text);
}

function valuesOf({ parameters }: Report): Record<string, number> {
  const [{ worst }] = parameters;
  return Object.fromEntries(
    (worst[0].compared ?? []).map(({ method, numeric }) => [method, Number(numeric)]),
  );
}

describe('compareMethods', () => {
  it('shows θ³ at 1 with a step of 0.01 by every method: 3.0301 one-sided, 3.0001 two-sided, 3 exactly', async () => {
    const job = cubeJob({ epsilon: 0.01, componentTolerance: 1e-4, compareMethods: methods });
    const report = await checkGradients(job);
    const values = valuesOf(report);
    expect(Object.keys(values)).toEqual([...methods]);
    expect(values.forward).toBeCloseTo(3.0301, 12);
    expect(values.backward).toBeCloseTo(2.9701, 12);
    expect(values.central).toBeCloseTo(3.0001, 12);
    expect(values['five-point']).toBeCloseTo(3, 13);
    expect(values['complex-step']).toBe(3);
    expect(report.parameters[0].worst[0].numeric).toBe(values.central);

    const step = { smallest: 0.01, largest: 0.01 };
    expect(report.compared).toEqual(report.parameters[0].compared);
    expect(report.compared?.map((each) => each.step)).toEqual([
      ...[step, step, step, step],
      { smallest: 1e-20, largest: 1e-20 },
    ]);
    expect(report.compared?.[0].relativeDifference).toBeCloseTo(0.0301 / 6.0301, 12);
    expect(report.compared?.[0].maxError).toBeCloseTo(0.0301, 12);
    expect(report).toMatchObject({
      verdict: 'pass',
      settings: { method: 'central', compareMethods: methods },
    });
  });

  it('leaves the verdict to the method of the check', async () => {
    const compareMethods = ['forward'] as const;
    const coarse = await checkGradients(cubeJob({ epsilon: 1e-5, compareMethods }));
    expect(coarse.verdict).toBe('pass');
    expect(Number(coarse.compared?.[0].maxError)).toBeGreaterThan(1e-5);
    const wrong = cubeJob({ method: 'forward', epsilon: 0.01, compareMethods: ['complex-step'] });
    const report = await checkGradients({ ...wrong, claimed: Float64Array.of(3.1) });
    expect(report).toMatchObject({ verdict: 'fail', compared: [{ method: 'complex-step' }] });
  });

  const network = (claimed: 'wrong' | 'near', strategy: CheckSettings['strategy']) => {
    const job = networkJob([12, 20, 20, 4], 8, 5, strategy);
    if (claimed === 'wrong') return job;
    const { numeric } = run(withSettings(job, { strategy: 'weight-perturbation' }));
    return { ...job, claimed: numeric.map((value, i) => (i % 97 === 0 ? 1.01 * value : value)) };
  };

  it.each(
    strategies.flatMap((strategy) =>
      (['wrong', 'near'] as const).map((claimed) => [strategy, claimed] as const),
    ),
  )('changes nothing else of a report by %s of a gradient that is %s', (strategy, claimed) => {
    const job = network(claimed, strategy);
    const plain = run(job);
    const beside = run(withSettings(job, { compareMethods: ['forward', 'complex-step'] }));
    expect(beside.numeric).toEqual(plain.numeric);
    expect(withoutComparison(beside.report(0))).toEqual(withoutComparison(plain.report(0)));
    const { compared = [] } = beside.report(0);
    expect(compared.map(({ method }) => method)).toEqual(['forward', 'complex-step']);
  });

  it('gives what a check by each of the methods gives, on random networks', () => {
    fc.assert(
      fc.property(arbitraryNetwork.recipe, fc.constantFrom('auto' as const, 1e-6), (recipe, epsilon) => {
        const job = withSettings(arbitraryNetwork.build(recipe), { epsilon });
        const { conclusions } = run(withSettings(job, { compareMethods: methods }));
        for (const [m, method] of methods.entries()) {
          const step = method === 'complex-step' ? 'auto' : epsilon;
          const own = run(withSettings(job, { method, epsilon: step }));
          // An automatic step that crosses a kink is made shorter for the method that decides.
          const found = conclusions.compared[m].filter((value, i) => !Object.is(value, own.numeric[i]));
          const replaced = own.conclusions.refinements.size;
          expect(found.length, method).toBeLessThanOrEqual(epsilon === 'auto' ? replaced : 0);
        }
      }),
      { numRuns: 10 },
    );
  });

  it('is the same to the last bit in whatever order and slot its shards ran', () => {
    const job = withSettings(network('near', 'node-perturbation'), {
      compareMethods: ['five-point', 'backward'],
    });
    const straight = run(job);
    const backwards = run(job, (list) => list.toReversed());
    expect(JSON.stringify(backwards.report(0))).toBe(JSON.stringify(straight.report(0)));
    expect(backwards.conclusions.compared).toEqual(straight.conclusions.compared);
  });

  it('is counted in the plan, the evaluations and the shards', () => {
    const plainly = networkJob([6, 8, 3], 4);
    const job = withSettings(
      { ...plainly, claimed: run(plainly).numeric.slice() },
      { compareMethods: ['forward', 'five-point', 'complex-step'] },
    );
    const components = 6 * 8 + 8 * 3;
    const plan = estimate(job.spec);
    expect(plan.evaluations).toBe(1 + 8 * 2 + 2 * components + (1 + 4 + 1) * components);
    expect(plan.compared).toMatchObject({ evaluations: (1 + 4 + 1) * components });
    const alone = estimate(plainly.spec).seconds;
    expect(plan.seconds).toBeCloseTo(alone + Number(plan.compared?.seconds), 12);
    expect(plan.seconds).toBeGreaterThan(2 * alone);
    const report = run(job).report(0);
    expect(report.evaluations).toBe(plan.evaluations);
    expect(report.evaluationsSaved).toBe(0);
    expect(report.plan).toMatchObject({ compared: plan.compared });
  });

  it('compares the components that are asked for and no others', async () => {
    const job = withSettings(networkJob([6, 8, 3], 4), {
      components: { sample: 9 },
      compareMethods: ['forward', 'backward'],
    });
    const report = await checkGradients(job);
    expect(report.evaluations).toBeLessThanOrEqual(estimate(job.spec).evaluations + 5 * 9);
    expect(estimate(job.spec).compared?.evaluations).toBe(2 * 9);
    expect(report.parameters.flatMap(({ worst }) => worst.map(({ compared }) => compared?.length))).toEqual(
      new Array(9).fill(2),
    );
  });

  it('takes the automatic step of each method by itself, longer where θ is large', async () => {
    const compareMethods: readonly Method[] = ['forward', 'central', 'five-point'];
    const report = await checkGradients(
      jobOf({
        model: { format: 'expression', cost: 'sum(sin(x))' },
        parameters: { x: [0.5, 20] },
        gradients: { x: [Math.cos(0.5), Math.cos(20)] },
        check: { compareMethods: [...compareMethods] },
      }),
    );
    const steps = report.compared?.map(({ step }) => step) ?? [];
    for (const { smallest, largest } of steps) expect(largest).toBeCloseTo(20 * smallest, 15);
    const [forward, central, fivePoint] = steps.map(({ smallest }) => smallest);
    expect(forward).toBeLessThan(central);
    expect(central).toBeLessThan(fivePoint);
    const noise = { deviation: Number(report.noise.deviation), scale: Number(report.noise.scale) };
    expect(relativeNoise(noise)).toBeGreaterThan(0);
    const rounding = roundingBound(evaluationError(noise), 2, forward);
    expect(Number(report.compared?.[0].maxError)).toBeLessThanOrEqual(rounding + 20 * forward);
  });

  it('gives 0 where J does not move, and what is not finite as a word', async () => {
    const report = await checkGradients(
      jobOf({
        model: { format: 'expression', cost: 'log(x) + 0 * sum(y)' },
        parameters: { x: 1e-3, y: [1, 2], z: 5 },
        gradients: { x: 1000, y: [0, 0], z: 0 },
        check: { epsilon: 1e-2, compareMethods: ['backward', 'complex-step'] },
      }),
    );
    const [x, y, z] = report.parameters;
    expect(x.worst[0].compared).toMatchObject([{ method: 'backward', numeric: 'NaN' }, { numeric: 1000 }]);
    expect(x.compared).toMatchObject([{ relativeDifference: 'NaN', maxError: 'NaN' }, { maxError: 0 }]);
    expect(report.compared).toMatchObject([{ maxError: 'NaN' }, { relativeDifference: 0 }]);
    for (const still of [y, z])
      for (const { compared } of still.worst)
        expect(compared).toEqual([
          { method: 'backward', numeric: 0 },
          { method: 'complex-step', numeric: 0 },
        ]);
  });

  it('sees both slopes of |x| at 0 beside the verdict', async () => {
    const report = await checkGradients(
      jobOf({
        model: { format: 'expression', cost: 'abs(x)' },
        parameters: { x: 0 },
        gradients: { x: 0.5 },
        check: { compareMethods: ['backward', 'forward'] },
      }),
    );
    expect(report.verdict).toBe('pass');
    expect(valuesOf(report)).toEqual({ backward: -1, forward: 1 });
  });
});
