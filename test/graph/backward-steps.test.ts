import { describe, expect, it } from 'vitest';
import { backwardSteps } from '../../src/graph/backward-steps.ts';
import { readJob } from '../../src/models/read-job.ts';

function stepsOf(
  model: object,
  parameters: Readonly<Record<string, readonly number[][] | number>>,
  data: object,
) {
  const reading = readJob({ model, data, parameters, gradients: parameters });
  if (reading.kind === 'faults') throw new Error(JSON.stringify(reading.faults));
  return backwardSteps(reading.job.spec.graph);
}

const square = [
  [0.1, 0.2],
  [0.3, 0.4],
];
const column = [[0.1], [0.2]];
const data = { X: square, Y: square };

describe('the parameters in the order of a backward pass', () => {
  it('come layer by layer from the cost on, each knowing what lies behind it', () => {
    const dense = (i: number) => ({ type: 'dense', weights: `W${i}`, bias: `b${i}` });
    const steps = stepsOf(
      {
        format: 'layers',
        layout: 'features-first',
        layers: [dense(1), { type: 'tanh' }, dense(2)],
        loss: { type: 'mse', target: 'Y' },
        regularization: [{ type: 'l2', lambda: 1, scale: '1', parameters: ['W1', 'W2'] }],
      },
      { W1: square, b1: column, W2: square, b2: column },
      data,
    );
    expect(steps).toEqual([
      { source: 'layers[2] (dense)', parameters: ['b2', 'W2'], behind: ['b1', 'W1'] },
      { source: 'layers[0] (dense)', parameters: ['b1', 'W1'], behind: [] },
    ]);
  });

  it('keep a product and the bias that is added to it together in an expression', () => {
    const steps = stepsOf(
      { format: 'expression', cost: 'sum((W2 @ tanh(W1 @ X + b1) + b2 - Y)**2)' },
      { W1: square, b1: column, W2: square, b2: column },
      data,
    );
    expect(steps.map(({ parameters, behind }) => ({ parameters, behind }))).toEqual([
      { parameters: ['b2', 'W2'], behind: ['b1', 'W1'] },
      { parameters: ['b1', 'W1'], behind: [] },
    ]);
  });

  it('do not count a parameter as behind a layer that it also goes around', () => {
    const steps = stepsOf(
      { format: 'expression', cost: 'A = tanh(W1 @ X); sum((tanh(W2 @ A) + A - Y)**2)' },
      { W1: square, W2: square },
      data,
    );
    expect(steps.map(({ parameters, behind }) => ({ parameters, behind }))).toEqual([
      { parameters: ['W2'], behind: [] },
      { parameters: ['W1'], behind: [] },
    ]);
  });

  it('place a parameter that is used twice at the use farthest from the cost', () => {
    const steps = stepsOf(
      { format: 'expression', cost: 'sum((W @ tanh(V @ tanh(W @ X)) - Y)**2)' },
      { W: square, V: square },
      data,
    );
    expect(steps.map(({ parameters }) => parameters)).toEqual([['V'], ['W']]);
  });
});
