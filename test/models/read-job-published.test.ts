import { describe, expect, it } from 'vitest';
import { readJob } from '../../src/models/read-job.ts';
import { checkGradients } from '../fixtures/on-kernels.ts';
import { softmaxCase, threeLayerDocument } from './published-case.ts';

function jobOf(document: unknown) {
  const reading = readJob(document);
  if (reading.kind === 'faults') throw new Error(JSON.stringify(reading.faults));
  return reading.job;
}

describe('the three-layer network of the course, as layers', () => {
  it('costs what the course computes, to the last digits', async () => {
    const { cost } = await checkGradients(jobOf(threeLayerDocument('correct')));
    expect(Math.abs(Number(cost) - 2.407833389834357)).toBeLessThan(1e-13);
  });

  it('with its wrong gradient at 1e-7 differs by 0.2850931567, in W2 and b1', async () => {
    const report = await checkGradients(jobOf(threeLayerDocument('wrong', { epsilon: 1e-7 })));
    expect(Math.abs(Number(report.relativeDifference) - 0.2850931567761623)).toBeLessThan(1e-6);
    expect(report.verdict).toBe('fail');
    expect(report.parameters.filter(({ verdict }) => verdict === 'fail').map(({ name }) => name)).toEqual([
      'b1',
      'W2',
    ]);
  });

  it('with its correct gradient at 1e-5 passes below 1e-8', async () => {
    const report = await checkGradients(jobOf(threeLayerDocument('correct', { epsilon: 1e-5 })));
    expect(report.verdict).toBe('pass');
    expect(Number(report.relativeDifference)).toBeLessThan(1e-8);
  });
});

describe('the two-layer softmax network of CS231n, as layers', () => {
  const { X, y } = softmaxCase.data;
  const { W1, b1, W2, b2 } = softmaxCase.parameters;
  const document = {
    model: {
      format: 'layers',
      layout: 'batch-first',
      layers: [
        { type: 'dense', weights: 'W1', bias: 'b1' },
        { type: 'relu' },
        { type: 'dense', weights: 'W2', bias: 'b2' },
      ],
      loss: { type: 'cross-entropy', target: 'y' },
      regularization: [
        { type: 'l2', lambda: softmaxCase.regularization, parameters: ['W1', 'W2'], scale: '1' },
      ],
    },
    data: softmaxCase.data,
    parameters: softmaxCase.parameters,
    gradients: gradientByHand(),
    check: { epsilon: 1e-5 },
  };

  it('costs 1.30378789133 and passes with the gradient derived by hand', async () => {
    const report = await checkGradients(jobOf(document));
    expect(Math.abs(Number(report.cost) - 1.30378789133)).toBeLessThan(1e-10);
    expect(report.verdict).toBe('pass');
    for (const parameter of report.parameters)
      expect(Number(parameter.relativeDifference)).toBeLessThan(1e-8);
  });

  /** Backpropagation through softmax, the second layer, ReLU and the first layer, plus 2·reg·W. */
  function gradientByHand() {
    const product = (a: number[][], b: number[][]) =>
      a.map((row) => b[0].map((_, j) => row.reduce((total, x, k) => total + x * b[k][j], 0)));
    const transpose = (a: number[][]) => a[0].map((_, j) => a.map((row) => row[j]));
    const columnSums = (a: number[][]) => a[0].map((_, j) => a.reduce((total, row) => total + row[j], 0));
    const withPenalty = (gradient: number[][], W: number[][]) =>
      gradient.map((row, i) => row.map((g, j) => g + 2 * softmaxCase.regularization * W[i][j]));

    const hidden = product(X, W1).map((row) => row.map((z, j) => Math.max(0, z + b1[j])));
    const scores = product(hidden, W2).map((row) => row.map((z, j) => z + b2[j]));
    const dScores = scores.map((row, i) => {
      const exps = row.map(Math.exp);
      const total = exps.reduce((a, b) => a + b);
      return exps.map((e, k) => (e / total - (k === y[i] ? 1 : 0)) / scores.length);
    });
    const dHidden = product(dScores, transpose(W2)).map((row, i) =>
      row.map((d, j) => (hidden[i][j] > 0 ? d : 0)),
    );
    return {
      W1: withPenalty(product(transpose(X), dHidden), W1),
      b1: columnSums(dHidden),
      W2: withPenalty(product(transpose(hidden), dScores), W2),
      b2: columnSums(dScores),
    };
  }
});
