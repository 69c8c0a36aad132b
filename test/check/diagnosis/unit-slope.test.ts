import { expect, it } from 'vitest';
import { readJob } from '../../../src/models/read-job.ts';
import { numericGradient } from '../../fixtures/numeric-gradient.ts';
import { checkGradients } from '../../fixtures/on-kernels.ts';
import { slopeVariantJobs } from './slope-variant-jobs.ts';

const X = [0.4, -1.2, 0.7];
const w = [0.8, -0.5];

function job() {
  const reading = readJob({
    model: { format: 'expression', cost: 'sum(tanh(v * sigmoid(w * x))) + 0.1 * sum(w**2)' },
    data: { x: X },
    parameters: { w: w[0], v: w[1] },
    gradients: { w: 0, v: 0 },
  });
  if (reading.kind === 'faults') throw new Error(JSON.stringify(reading.faults));
  return reading.job;
}

const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));
const sum = (term: (x: number) => number) => X.reduce((total, x) => total + term(x), 0);
/** ∂J/∂w and ∂J/∂v by hand, with the slopes of tanh and sigmoid as given. */
function byHand(tanhSlope: (z: number) => number, sigmoidSlope: (z: number) => number) {
  const [weight, factor] = w;
  return [
    sum((x) => tanhSlope(factor * sigmoid(weight * x)) * factor * sigmoidSlope(weight * x) * x) +
      0.2 * weight,
    sum((x) => tanhSlope(factor * sigmoid(weight * x)) * sigmoid(weight * x)),
  ];
}

const one = () => 1;
const tanhSlope = (z: number) => 1 - Math.tanh(z) ** 2;
const sigmoidSlope = (z: number) => sigmoid(z) * (1 - sigmoid(z));

it('the gradient of the altered cost leaves out the one derivative and no other', () => {
  const variants = slopeVariantJobs(job(), ['w', 'v']);
  const gradients = new Map(
    variants.map(({ activation: { op }, job: altered }) => [op, [...numericGradient(altered)]]),
  );
  const near = (expected: number[]) => expected.map((value) => expect.closeTo(value, 8));
  expect(gradients.get('sigmoid')).toEqual(near(byHand(tanhSlope, one)));
  expect(gradients.get('tanh')).toEqual(near(byHand(one, sigmoidSlope)));
  expect([...gradients.keys()].toSorted()).toEqual(['sigmoid', 'tanh']);
});

it('the altered cost is the same number at θ', async () => {
  const original = await checkGradients(job());
  for (const { job: altered } of slopeVariantJobs(job(), ['w'])) {
    expect((await checkGradients(altered)).cost).toBe(original.cost);
  }
});

it('only what lies between J and a failing parameter is altered', () => {
  expect(slopeVariantJobs(job(), ['v']).map(({ activation }) => activation.op)).toEqual(['tanh']);
});
