import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { CheckJob } from '../../src/check/check-job.ts';
import type { Strategy } from '../../src/check/settings.ts';
import type { JobDocument } from '../../src/models/job-document.ts';
import { readJob } from '../../src/models/read-job.ts';
import { checkGradients } from '../fixtures/on-kernels.ts';

const cases = ['conv-net', 'grouped', 'sequence', 'transposed', 'norms', 'embedding'];

/** A document that test/fixtures/pytorch-convolution/make.py wrote. */
function readDocument(name: string): JobDocument & { readonly cost: number } {
  return JSON.parse(
    readFileSync(new URL(`../fixtures/pytorch-convolution/${name}.json`, import.meta.url), 'utf8'),
  );
}

function jobOf(document: JobDocument): CheckJob {
  const reading = readJob(document);
  if (reading.kind === 'faults') throw new Error(JSON.stringify(reading.faults));
  return reading.job;
}

describe.each(cases)('the model %s that PyTorch computed', (name) => {
  const document = readDocument(name);
  const job = jobOf(document);

  it('costs the same, and autograd’s gradient passes on every component by every strategy', async () => {
    for (const strategy of ['auto', 'weight-perturbation', 'node-perturbation'] satisfies (
      | 'auto'
      | Strategy
    )[]) {
      const settings = { ...job.spec.settings, strategy };
      const report = await checkGradients({ ...job, spec: { ...job.spec, settings } });
      const error = Math.abs(Number(report.cost) - document.cost) / Math.abs(document.cost);
      expect(error).toBeLessThanOrEqual(1e-12);
      expect(report.verdict).toBe('pass');
      expect(report.components.passed).toBe(report.components.total);
      expect(Number(report.relativeDifference)).toBeLessThan(1e-7);
    }
  });

  it('has autograd’s gradient to the rounding of both by complex-step', async () => {
    const settings = { ...job.spec.settings, method: 'complex-step' as const };
    const report = await checkGradients({ ...job, spec: { ...job.spec, settings } });
    expect(report.verdict).toBe('pass');
    expect(Number(report.relativeDifference)).toBeLessThan(1e-13);
  });

  it('with the gradient of one parameter doubled fails in that parameter alone', async () => {
    for (const [position, { name: wrong, offset, size }] of job.spec.parameters.entries()) {
      const claimed = job.claimed.slice();
      for (let i = offset; i < offset + size; i++) claimed[i] *= 2;
      const { parameters } = await checkGradients({ ...job, claimed });
      const failed = parameters.filter(({ verdict }) => verdict === 'fail').map((each) => each.name);
      expect(failed, `parameter ${position}`).toEqual([wrong]);
    }
  });
});
