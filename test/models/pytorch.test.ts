import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { CheckJob } from '../../src/check/check-job.ts';
import type { CheckSettings } from '../../src/check/settings.ts';
import { readJob } from '../../src/models/read-job.ts';
import { fileParts } from '../../src/models/tensor-files.ts';
import { checkGradients } from '../fixtures/on-kernels.ts';
import { projectRoot } from '../structure/import-graph.ts';

/** Layers, written beside PyTorch's modules; and the modules themselves as PyTorch exports them. */
const jobs = ['pytorch', 'onnx'].flatMap((folder) =>
  readdirSync(join(projectRoot, 'test/fixtures', folder)).flatMap((file) =>
    file.endsWith('.json') ? [`${folder}/${file.replace('.json', '')}`] : [],
  ),
);

/** A job that make.py in its folder wrote, with the files beside its document. */
function readFixture(name: string): CheckJob {
  const folder = join(projectRoot, 'test/fixtures');
  const files = fileParts.flatMap((part) => {
    const path = join(folder, part === 'model' ? `${name}.onnx` : `${name}.${part}.safetensors`);
    return existsSync(path) ? [[part, readFileSync(path)] as const] : [];
  });
  const document: unknown = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
  const reading = readJob(document, Object.fromEntries(files));
  if (reading.kind === 'faults') throw new Error(JSON.stringify(reading.faults));
  return reading.job;
}

function check(job: CheckJob, settings: Partial<CheckSettings>) {
  return checkGradients({ ...job, spec: { ...job.spec, settings: { ...job.spec.settings, ...settings } } });
}

/** As PyTorch exports it softsign has |x| in it, which has no complex derivative. */
const notAnalytic = new Set(['onnx/mlp-softsign']);
/** PyTorch differentiates a hard sigmoid with the float32 nearest to 1/6. */
const inexact = new Map([['onnx/mlp-hardsigmoid', 2e-8]]);

describe('the jobs that PyTorch computed', () => {
  it('have the models that people train among them', () => {
    for (const name of ['conv-net', 'lstm', 'gru', 'transformer', 'embedding'])
      expect(jobs).toContain(`pytorch/${name}`);
    for (const name of ['mlp-gelu', 'conv-net', 'lstm', 'gru', 'transformer', 'transformer-dynamo'])
      expect(jobs).toContain(`onnx/${name}`);
  });
});

describe.each(jobs)('the job %s that PyTorch computed', (name) => {
  const job = readFixture(name);

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
    expect(Number(report.relativeDifference)).toBeLessThan(inexact.get(name) ?? 1e-13);
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
