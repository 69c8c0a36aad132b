import { describe, expect, it } from 'vitest';
import type { CheckJob } from '../../src/check/check-job.ts';
import { randomStream } from '../../src/check/random.ts';
import type { Strategy } from '../../src/check/settings.ts';
import { readJob } from '../../src/models/read-job.ts';
import { checkGradients } from '../fixtures/on-kernels.ts';
import { backpropagate } from '../generated/reverse-mode.ts';

/** Inputs of 1e-6, whose weight moves J by little more than J's own rounding. */
function tinyInputs(activation: string): CheckJob {
  const random = randomStream(3);
  const matrix = (rows: number, columns: number, scale: number) =>
    Array.from({ length: rows }, () => Array.from({ length: columns }, () => scale * (2 * random() - 1)));
  const parameters = { W1: matrix(3, 4, 1), b1: matrix(1, 4, 1)[0], W2: matrix(4, 2, 1) };
  const reading = readJob({
    model: {
      format: 'layers',
      layout: 'batch-first',
      layers: [
        { type: 'dense', weights: 'W1', bias: 'b1' },
        { type: activation },
        { type: 'dense', weights: 'W2' },
      ],
      loss: { type: 'mse', target: 'Y' },
    },
    data: { X: matrix(5, 3, 1e-6), Y: matrix(5, 2, 1) },
    parameters,
    gradients: parameters,
  });
  if (reading.kind !== 'job') throw new Error(JSON.stringify(reading.faults));
  return reading.job;
}

async function checkWeight(job: CheckJob, claimed: Float64Array, strategy: Strategy) {
  const { spec } = job;
  const report = await checkGradients({
    ...job,
    claimed,
    spec: { ...spec, settings: { ...spec.settings, strategy } },
  });
  return report.parameters[0];
}

describe.each(['tanh', 'relu', 'gelu'])('the weight of inputs of 1e-6 before %s', (activation) => {
  const job = tinyInputs(activation);
  const right = backpropagate(job);

  it.each(['weight-perturbation', 'node-perturbation'] as const)(
    'is decided by a longer step, right or wrong by a hundredth, by %s',
    async (strategy) => {
      const { components } = await checkWeight(job, right, strategy);
      expect(components).toMatchObject({ failed: 0, inconclusive: 0 });

      const wrong = right.map((value, i) => (i < 12 ? 1.01 * value : value));
      const found = await checkWeight(job, wrong, strategy);
      expect(found.verdict).toBe('fail');
      const moving = right.subarray(0, 12).filter((value) => value !== 0).length;
      expect(found.components.failed).toBe(moving);
    },
  );
});
