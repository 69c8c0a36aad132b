import { describe, expect, it } from 'vitest';
import type { CheckJob } from '../../src/check/check-job.ts';
import { largestMagnitude, precisionOf } from '../../src/check/verdict/precision.ts';
import { judgeComponent, verdictRule } from '../../src/check/verdict/verdict.ts';
import { roundedTo } from '../fixtures/half-precision.ts';
import { checkGradients } from '../fixtures/on-kernels.ts';
import { randomNetwork } from '../generated/random-network.ts';
import { backpropagate } from '../generated/reverse-mode.ts';

const strategies = ['weight-perturbation', 'node-perturbation', 'directional'] as const;

/** Networks whose gradients float16 can hold. */
const networks = Array.from({ length: 60 }, (_, seed) => {
  const { job } = randomNetwork(seed);
  return { seed, job, right: backpropagate(job) };
}).filter(({ right }) => largestMagnitude(right) < 60_000 && right.every(Number.isFinite));

function claiming(
  { spec, ...job }: CheckJob,
  claimed: Float64Array,
  dtype: 'float16' | 'bfloat16' | 'float64',
  strategy: (typeof strategies)[number],
): CheckJob {
  const parameters = spec.parameters.map((parameter) => ({ ...parameter, claimedDtype: dtype }));
  return { ...job, claimed, spec: { ...spec, parameters, settings: { ...spec.settings, strategy } } };
}

describe.each(['float16', 'bfloat16'] as const)('a gradient sent as %s', (dtype) => {
  const round = (values: Float64Array) => values.map((value) => roundedTo(dtype, value));

  it.each(strategies)('is not called wrong for its rounding, by %s', async (strategy) => {
    expect(networks.length).toBeGreaterThan(40);
    let passed = 0;
    for (const { seed, job, right } of networks) {
      const { verdict, components, parameters } = await checkGradients(
        claiming(job, round(right), dtype, strategy),
      );
      expect([verdict, components.failed], `network ${seed}`).not.toContain('fail');
      expect(parameters.every(({ precision }) => precision === dtype)).toBe(true);
      if (verdict === 'pass') passed++;
    }
    expect(passed).toBeGreaterThan(0.8 * networks.length);
  });

  it.each(strategies)('is called wrong when it is doubled, by %s', async (strategy) => {
    for (const { seed, job, right } of networks.slice(0, 30)) {
      const doubled = round(right.map((value) => 2 * value));
      if (largestMagnitude(doubled) < 1e-4) continue;
      const { verdict } = await checkGradients(claiming(job, doubled, dtype, strategy));
      expect(verdict, `network ${seed}`).toBe('fail');
    }
  });

  it('never passes with a doubled or zeroed parameter, however small beside the others', async () => {
    for (const { seed, job, right } of networks.slice(0, 30)) {
      const parameter = job.spec.parameters[seed % job.spec.parameters.length];
      const end = parameter.offset + parameter.size;
      if (largestMagnitude(right.subarray(parameter.offset, end)) === 0) continue;
      for (const factor of [0, 2]) {
        const claimed = round(right);
        for (let i = parameter.offset; i < end; i++) claimed[i] *= factor;
        const { parameters } = await checkGradients(claiming(job, claimed, dtype, 'weight-perturbation'));
        const judged = parameters.find(({ name }) => name === parameter.name);
        expect(judged?.verdict, `network ${seed}, ${parameter.name} × ${factor}`).not.toBe('pass');
      }
    }
  });

  it('is named in a warning, as smaller mistakes cannot be told from rounding', async () => {
    const [{ job, right }] = networks;
    const { warnings } = await checkGradients(claiming(job, round(right), dtype, 'weight-perturbation'));
    expect(warnings.map(({ code }) => code)).toContain('half-precision');
  });

  it('sent as float64 after all is wrong, and said to be rounded', async () => {
    const { job, right } = networks[0];
    const report = await checkGradients(claiming(job, round(right), 'float64', 'weight-perturbation'));
    expect(report.verdict).toBe('fail');
    expect(JSON.stringify(report.parameters)).toContain(`"to":"${dtype}"`);
  });
});

it('numbers that float16 cannot hold for being small are undecided, not passed', () => {
  const rule = verdictRule(precisionOf('float16', Float64Array.of(0), 1e-6), 1e-8);
  const { verdict, flags } = judgeComponent(rule, { claimed: 0, numeric: 1e-8, bound: 1e-14 });
  expect({ verdict, flags }).toEqual({ verdict: 'inconclusive', flags: ['half-precision'] });
  expect(judgeComponent(rule, { claimed: 0, numeric: 1e-6, bound: 1e-14 }).verdict).toBe('fail');
});
