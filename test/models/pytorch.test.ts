import { describe, expect, it } from 'vitest';
import type { CheckJob } from '../../src/check/check-job.ts';
import type { CheckSettings } from '../../src/check/settings.ts';
import { checkGradients } from '../fixtures/on-kernels.ts';
import { autogradErrors, pytorchJobs, readPytorchJob } from '../fixtures/pytorch-jobs.ts';

function check(job: CheckJob, settings: Partial<CheckSettings>) {
  return checkGradients({ ...job, spec: { ...job.spec, settings: { ...job.spec.settings, ...settings } } });
}

/** As PyTorch exports it softsign has |x| in it, which has no complex derivative. */
const notAnalytic = new Set(['onnx/mlp-softsign']);

describe('the jobs that PyTorch computed', () => {
  it('have the models that people train among them', () => {
    for (const name of ['conv-net', 'lstm', 'gru', 'transformer', 'embedding'])
      expect(pytorchJobs).toContain(`pytorch/${name}`);
    for (const name of ['mlp-gelu', 'conv-net', 'lstm', 'gru', 'transformer', 'transformer-dynamo'])
      expect(pytorchJobs).toContain(`onnx/${name}`);
  });
});

describe.each(pytorchJobs)('the job %s that PyTorch computed', (name) => {
  const job = readPytorchJob(name);

  it.each(['auto', 'weight-perturbation', 'node-perturbation'] as const)(
    'costs the same, and autograd’s gradient passes on every component by %s',
    async (strategy) => {
      const report = await check(job, { strategy });
      const cost = Number(job.spec.cost);
      expect(Math.abs(Number(report.cost) - cost)).toBeLessThanOrEqual(1e-12 * Math.abs(cost));
      expect(report.verdict).toBe('pass');
      expect(report.components.passed).toBe(report.components.total);
      expect(Number(report.relativeDifference)).toBeLessThan(1e-7);
    },
  );

  it('has autograd’s gradient to the rounding of both by complex-step', async () => {
    if (notAnalytic.has(name)) {
      await expect(check(job, { method: 'complex-step' })).rejects.toThrow('no complex arithmetic');
      return;
    }
    const report = await check(job, { method: 'complex-step' });
    expect(report.verdict).toBe('pass');
    expect(Number(report.relativeDifference)).toBeLessThan(autogradErrors.get(name) ?? 1e-13);
  });

  it('with the gradient of one parameter doubled fails in that parameter alone, for that cause', async () => {
    for (const { name: wrong, offset, size } of job.spec.parameters) {
      const claimed = job.claimed.map((value, i) => (i >= offset && i < offset + size ? 2 * value : value));
      const { parameters } = await check({ ...job, claimed }, {});
      const failed = parameters.filter(({ verdict }) => verdict === 'fail');
      expect(failed.map((each) => each.name)).toEqual([wrong]);
      expect(failed[0].diagnoses?.[0]?.cause.kind).toBe('scaled');
    }
  });

  it('with one component wrong by a hundredth fails in that component alone', async () => {
    for (const { name: wrong, offset, size } of job.spec.parameters) {
      const claimed = job.claimed.slice();
      const own = claimed.subarray(offset, offset + size);
      const largest = own.reduce((best, value, i) => (Math.abs(value) > Math.abs(own[best]) ? i : best), 0);
      own[largest] *= 1.01;
      const { parameters } = await check({ ...job, claimed }, {});
      const failed = parameters.filter(({ verdict }) => verdict === 'fail');
      expect(failed.map((each) => each.name)).toEqual([wrong]);
      expect(failed[0].components.failed).toBe(1);
    }
  });
});
