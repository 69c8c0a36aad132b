import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { CheckJob } from '../../src/check/check-job.ts';
import type { JobDocument } from '../../src/models/job-document.ts';
import { readJob } from '../../src/models/read-job.ts';
import { checkGradients } from '../fixtures/on-kernels.ts';

/** A document that test/fixtures/pytorch-layers/make.py wrote. */
function readDocument(name: string): JobDocument & { readonly cost: number } {
  return JSON.parse(
    readFileSync(new URL(`../fixtures/pytorch-layers/${name}.json`, import.meta.url), 'utf8'),
  );
}

function jobOf(document: JobDocument): CheckJob {
  const reading = readJob(document);
  if (reading.kind === 'faults') throw new Error(JSON.stringify(reading.faults));
  return reading.job;
}

describe.each(['rnn', 'lstm', 'gru', 'self-attention', 'cross-attention', 'memory'])(
  'the model %s that PyTorch computed',
  (name) => {
    const document = readDocument(name);
    const job = jobOf(document);

    it.each(['auto', 'weight-perturbation', 'node-perturbation'] as const)(
      'costs the same, and the gradient of autograd passes on every component by %s',
      async (strategy) => {
        const settings = { ...job.spec.settings, strategy };
        const report = await checkGradients({ ...job, spec: { ...job.spec, settings } });
        const error = Math.abs(Number(report.cost) - document.cost) / Math.abs(document.cost);
        expect(error).toBeLessThanOrEqual(1e-12);
        expect(report.verdict).toBe('pass');
        expect(report.components.passed).toBe(report.components.total);
        expect(Number(report.relativeDifference)).toBeLessThan(1e-7);
      },
    );

    it('with one component wrong fails in its parameter alone', async () => {
      for (const { name: wrong, offset, size } of job.spec.parameters) {
        const claimed = job.claimed.slice();
        const range = claimed.subarray(offset, offset + size);
        const largest = range.reduce(
          (best, value, i) => (Math.abs(value) > Math.abs(range[best]) ? i : best),
          0,
        );
        range[largest] *= 1.01;
        const { parameters } = await checkGradients({ ...job, claimed });
        const failed = parameters.filter(({ verdict }) => verdict === 'fail');
        expect(failed.map((each) => each.name)).toEqual([wrong]);
        expect(failed[0].components.failed).toBe(1);
      }
    });
  },
);
