import { describe, expect, it } from 'vitest';
import { allOps } from '../../src/graph/ops/registry.ts';
import { autogradErrors, pytorchJobs, readPytorchJob } from '../fixtures/pytorch-jobs.ts';
import { adjoints } from './adjoints/registry.ts';
import { backpropagate } from './reverse-mode.ts';

describe('the derivative that the generated suite is held against', () => {
  it('is told of every op that a model can have', () => {
    // unit-slope is put into a graph by the diagnosis, never by a model.
    const ops = allOps.flatMap(({ name }) => (name === 'unit-slope' ? [] : [name]));
    expect(Object.keys(adjoints).sort()).toEqual(ops.sort());
  });

  it.each(pytorchJobs)('is autograd’s to its rounding for the job %s', (name) => {
    const job = readPytorchJob(name);
    const own = backpropagate(job);
    const bound = autogradErrors.get(name) ?? 1e-12;
    for (const { offset, size } of job.spec.parameters) {
      const autograd = job.claimed.subarray(offset, offset + size);
      const difference = own.subarray(offset, offset + size).map((value, i) => value - autograd[i]);
      expect(Math.hypot(...difference)).toBeLessThanOrEqual(bound * Math.hypot(...autograd));
    }
  });
});
