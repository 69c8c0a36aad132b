import { describe, expect, it } from 'vitest';
import type { CheckJob } from '../../src/check/check-job.ts';
import { estimate } from '../../src/check/plan/estimate.ts';
import { randomStream } from '../../src/check/random.ts';
import type { Report } from '../../src/check/report/report.ts';
import { readJob } from '../../src/models/read-job.ts';
import { numericGradient, withStep } from '../fixtures/numeric-gradient.ts';
import { checkGradients } from '../fixtures/on-kernels.ts';

/*
 * What users of other checkers have reported, each as the nearest case that can be checked here. The numbers in the
 * titles are those of the threads.
 */

function jobOf(cost: string, rest: Record<string, unknown>): CheckJob {
  const outcome = readJob({ model: { format: 'expression', cost }, ...rest });
  if (outcome.kind !== 'job') throw new Error(JSON.stringify(outcome.faults));
  return outcome.job;
}

function check(cost: string, rest: Record<string, unknown>): Promise<Report> {
  return checkGradients(jobOf(cost, rest));
}

const flagsOf = ({ parameters }: Report) =>
  parameters.flatMap(({ worst }) => worst.flatMap(({ flags }) => flags));

describe('small numbers', () => {
  // ceres-solver 225, OpenMDAO 1303: |0 − 1.9e-17| over 1.9e-17 is 1, and both called it an error.
  it('0 against 1.9e-17 is no relative error of 1 (OpenMDAO 1303)', async () => {
    // J does not depend on b; what is left of it is rounding.
    const rest = { parameters: { a: 1.5, b: 0.7 }, gradients: { a: 3, b: 0 } };
    const report = await check('a**2 + sin(b)**2 + cos(b)**2', rest);
    expect(report.components.failed).toBe(0);
  });

  it('a gradient of rounding errors against 0, where a model fits exactly, is no relative error of 1 (ceres 225)', async () => {
    const x = [0.1, 0.7, -1.3, 2.9];
    const y = x.map((value) => value * 0.1 * 3);
    const rest = { parameters: { w: 0.3 }, data: { x, y } };
    const report = await check('mean((w * x - y)**2)', { ...rest, gradients: { w: 0 } });
    expect(report.cost).not.toBe(0);
    expect(report.components.failed).toBe(0);
  });

  it('1.4e-17 against 0 is none either (OpenMDAO 3164)', async () => {
    const rest = { parameters: { x: [1.5, 2] }, gradients: { x: [3, 1.441e-17] } };
    const report = await check('sum(x * [1, 0] * x)', rest);
    expect(report.components.failed).toBe(0);
  });

  it('7.1e-8 against 2.7e-8 is not called wrong where the rounding of J can be that large (ceres 225)', async () => {
    const cost = '(1e6 + 7.10922e-08 * x)**2 / 2e6 + y';
    const rest = { parameters: { x: 0.263672, y: 1 }, gradients: { x: 2.69479e-8, y: 1 } };
    expect((await check(cost, rest)).components.failed).toBe(0);
  });

  it('7.1e-8 against 2.7e-8 is wrong where J is exact enough to tell (ceres 225)', async () => {
    const rest = { parameters: { x: 0.263672 }, gradients: { x: 2.69479e-8 } };
    const report = await check('7.10922e-08 * x', rest);
    expect(report.verdict).toBe('fail');
  });

  it('4.84e-5 against 2.235e-4 does not pass, however small both are (NVIDIA/warp 508)', async () => {
    const rest = { parameters: { actions: [0.3, 1.2] }, gradients: { actions: [4.84e-5, 1] } };
    const report = await check('2.235e-4 * actions[0] + actions[1]', rest);
    expect(report.verdict).toBe('fail');
    expect(report.parameters[0].worst[0]).toMatchObject({ index: [0], verdict: 'fail' });
  });

  it('a gradient of the scale 1e-9 that is wrong by half does not pass for its small absolute error (scipy 7766)', async () => {
    const x = [0.4, -1.1, 0.8];
    const gradients = { x: x.map((value) => 1e-9 * value) };
    const report = await check('1e-9 * sum(x**2)', { parameters: { x }, gradients });
    expect(report).toMatchObject({ verdict: 'fail', components: { failed: 3 } });
  });

  it('a gradient of a parameter of zeros is not numerically 0 (AutoGrad.jl 74)', async () => {
    const w = Array.from({ length: 64 }, () => 0);
    const x = Array.from({ length: 14 }, (_, i) => w.map((_, j) => Math.sin(i + 3 * j)));
    const gradients = { w: w.map(() => 1 / 64) };
    const rest = { parameters: { w }, data: { x }, gradients };
    expect((await check('mean(x + w)', rest)).verdict).toBe('pass');
    expect((await check('mean(x + w)', { ...rest, gradients: { w } })).components.failed).toBe(64);
  });
});

describe('kinks', () => {
  it('relu of zeros may be claimed to have slope 1, where central differences give 0.5 (pytorch 114234)', async () => {
    const x = Array.from({ length: 16 }, () => 0);
    const report = await check('sum(relu(x))', { parameters: { x }, gradients: { x: x.map(() => 1) } });
    expect(report).toMatchObject({ verdict: 'pass', components: { kinks: 16 } });
    expect(report.parameters[0].worst[0].numeric).toBeCloseTo(0.5, 9);
  });

  it('a tie of max may be given to either value, and not to both (pytorch 114219)', async () => {
    const verdictOn = (x: number[]) =>
      check('max(x[0:2]) + max(x[2:4])', { parameters: { x: [1, 1, 1, 8] }, gradients: { x } }).then(
        ({ verdict }) => verdict,
      );
    expect(await verdictOn([1, 0, 0, 1])).toBe('pass');
    expect(await verdictOn([0, 1, 0, 1])).toBe('pass');
    expect(await verdictOn([2, 0, 0, 1])).toBe('fail');
  });

  it.each([
    [-1, 'pass'],
    [0.3, 'pass'],
    [1, 'pass'],
    [1.5, 'fail'],
  ])(
    'at a kink every slope between the one-sided ones passes: %d for |x| at 0 (caffe 1334)',
    async (x, verdict) => {
      expect((await check('abs(x)', { parameters: { x: 0 }, gradients: { x } })).verdict).toBe(verdict);
    },
  );

  it('what lies at a kink is flagged by the component, and the rest is checked all the same (deeplearning4j 7084)', async () => {
    const rest = { parameters: { x: [0, 0.5, -2, 3] }, gradients: { x: [0, 1, 0, 0.5] } };
    const report = await check('sum(relu(x))', rest);
    expect(report).toMatchObject({ verdict: 'fail', components: { failed: 1, kinks: 1 } });
    expect(report.parameters[0].worst[0]).toMatchObject({ index: [3], verdict: 'fail' });
  });

  it('a smooth function that bends sharply is not taken for a kink, by no tolerance (chainer 8070)', async () => {
    const slope = (x: number) => 1 / (1 + Math.exp(-1e4 * x));
    const cost = 'softplus(1e4 * x) / 1e4';
    const right = await check(cost, { parameters: { x: 5e-5 }, gradients: { x: slope(5e-5) } });
    expect(right.verdict).toBe('pass');
    expect(flagsOf(right)).not.toContain('kink');
    const wrong = await check(cost, { parameters: { x: 5e-5 }, gradients: { x: 0.5 } });
    expect(wrong.verdict).toBe('fail');
  });

  it('|x| at 0.002 with a step of 0.005 across the kink is not called wrong (Paddle 4120)', async () => {
    const rest = { parameters: { x: [0.002, -0.003] }, gradients: { x: [1, -1] }, check: { epsilon: 0.005 } };
    expect((await check('sum(abs(x))', rest)).verdict).toBe('pass');
  });
});

describe('precision', () => {
  const weight = [0.35, -0.27];
  const float32 = (values: number[]) => values.map(Math.fround);

  it('a gradient computed in float32 is held to float32, and said to be (pytorch 5351)', async () => {
    const x = Array.from({ length: 20 }, (_, i) => Math.sin(i + 1));
    const gradients = { x: float32(x.map((value) => Math.fround(2 * Math.fround(value)))) };
    const report = await check('sum(x**2)', { parameters: { x }, gradients });
    expect(report.verdict).toBe('pass');
    expect(report.warnings.map(({ code }) => code)).toContain('float32');
  });

  it('−0.3512 for −0.3576 is wrong in any precision (pytorch 5351)', async () => {
    const rest = { parameters: { x: [0.7, 0.3] }, data: { weight }, gradients: { x: [-0.3512, 0.2667] } };
    expect((await check('sum(weight * x)', rest)).components.failed).toBe(2);
  });

  // With θ + h = θ the numeric gradient was 0: right gradients failed, and forgotten ones passed.
  it.each([
    [[2e9, 6e8], 'pass'],
    [[0, 0], 'fail'],
  ])('a step lost to rounding gives no false 0: claimed %j, %s (jax PR 39821)', async (x, verdict) => {
    const parameters = { x: [1e9, 3e8] };
    const report = await check('sum(x**2)', { parameters, gradients: { x }, check: { epsilon: 1e-9 } });
    expect(report.verdict).toBe(verdict);
    expect(report.parameters[0].worst.map(({ numeric }) => numeric)).not.toContain(0);
    expect(report.warnings.map(({ code }) => code)).toContain('step-lost');
  });

  it.each([1e-2, 1e-4, 1e-6, 1e-8, 1e-9, 1e-10])(
    'a right gradient is not called wrong with a step of %d, nor a wrong one right (tesseract-core 740)',
    async (epsilon) => {
      const x = [0.7, -1.3, 2.1];
      const right = x.map((value) => 3 * value * value * Math.exp(0.1 * value ** 3) * 0.1);
      const rest = { parameters: { x }, check: { epsilon } };
      const cost = 'sum(exp(0.1 * x**3)) + 100';
      const passed = await check(cost, { ...rest, gradients: { x: right } });
      expect(passed.components.failed).toBe(0);
      const slightlyWrong = right.with(1, 1.03 * right[1]);
      expect((await check(cost, { ...rest, gradients: { x: slightlyWrong } })).components.failed).toBe(1);
    },
  );
});

describe('the options of a check', () => {
  it.each([1e-2, 1e-3])(
    'a step of %d is used as it was given (ceres 1206, tesseract-core 706)',
    async (epsilon) => {
      // Central differences of θ³ are off by h² exactly.
      const rest = { parameters: { theta: 400 }, gradients: { theta: 480_000 }, check: { epsilon } };
      const report = await check('theta**3', rest);
      expect(report.settings.epsilon).toBe(epsilon);
      expect(Number(report.parameters[0].worst[0].numeric) - 480_000).toBeCloseTo(epsilon ** 2, 5);
    },
  );

  it('what a check would take is known before it is begun (pytorch 50613)', () => {
    const size = 200;
    const W = Array.from({ length: size }, (_, i) =>
      Array.from({ length: size }, (_, j) => Math.sin(i + 7 * j)),
    );
    const rest = { parameters: { W, V: W }, data: { X: W }, gradients: { W, V: W } };
    const job = jobOf('mean(tanh(tanh(X @ W) @ V)**2)', {
      ...rest,
      check: { strategy: 'weight-perturbation' },
    });
    const { components, evaluations, seconds, alternatives } = estimate(job.spec);
    expect(components).toBe(2 * size * size);
    expect(evaluations).toBeGreaterThanOrEqual(2 * components);
    const cheaper = alternatives.find(({ strategy }) => strategy === 'node-perturbation');
    expect(cheaper?.seconds).toBeLessThan(seconds / 10);
  });
});

// A wrong Jacobian of a permutation passed, as a projection of 64 million entries does not feel a few of them.
describe('a single mistake among thousands of components is found (pytorch 57166)', () => {
  const random = randomStream(57166);
  const x = Array.from({ length: 8000 }, () => random());
  const order = [...x.keys()].sort((a, b) => x[a] - x[b]);
  const weights = x.map((_, i) => Math.cos(i));
  const gradient = new Array<number>(x.length);
  order.forEach((component, rank) => {
    gradient[component] = weights[rank];
  });
  const [first, second] = order.slice(4000, 4002);
  const swapped = gradient.with(first, gradient[second]).with(second, gradient[first]);
  // The sorted x as a product with a permutation would be 64 million numbers; its weights say the same.
  const sorted = { data: { weights: gradient }, parameters: { x } };

  it.each(['weight-perturbation', 'directional'])('by %s', async (strategy) => {
    const rest = { ...sorted, gradients: { x: swapped }, check: { strategy } };
    const report = await check('sum(weights * x) + 0.001 * sum(x**2) - 0.001 * sum(x**2)', rest);
    expect(report.verdict).toBe('fail');
    expect(report.components.failed).toBe(2);
    const failed = report.parameters[0].worst.flatMap(({ index, verdict }) =>
      verdict === 'fail' ? index : [],
    );
    expect(failed.toSorted()).toEqual([first, second].toSorted());
  });
});

describe('not just "wrong"', () => {
  it('a gradient of half the size is said to be that (caffe 6814)', async () => {
    const points = [
      [0.5447, 0.0098],
      [0.4924, 0.3246],
      [0.0118, 0.886],
    ];
    const targets = [
      [0.5332, 0.0703],
      [0.4741, 0.3089],
      [0.0551, 0.8732],
    ];
    const rest = { parameters: { p: points }, data: { q: targets } };
    const cost = 'sum((p - q)**2)';
    const right = jobOf(cost, { ...rest, gradients: { p: points } });
    const claimed = numericGradient(withStep(right, 'auto')).map((value) => value / 2);
    const report = await checkGradients({ ...right, claimed });
    expect(report.parameters[0].diagnoses?.[0]).toMatchObject({
      cause: { kind: 'scaled', factor: 0.5 },
      certainty: 'fact',
    });
  });

  it('every component that failed is named with both values (pytorch 2710, OpenMDAO 541)', async () => {
    const report = await check('sum(x**2)', { parameters: { x: [1, 2, 3] }, gradients: { x: [2, 5, 6] } });
    expect(report.parameters[0].worst[0]).toMatchObject({
      index: [1],
      claimed: 5,
      verdict: 'fail',
      reproduction: 'gradcheck check job.json --component x[1]',
    });
    expect(report.parameters[0].worst[0].numeric).toBeCloseTo(4, 8);
  });
});
