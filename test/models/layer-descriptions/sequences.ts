import type { Shape } from '../../../src/tensors/tensor.ts';
import { attend, gruStates, lstmStates, project, rnnStates } from '../plain-sequences.ts';
import type { LayerDescription } from './layer-description.ts';

const weights = { inputWeights: 'Wx', hiddenWeights: 'Wh', inputBias: 'bx', hiddenBias: 'bh' };

/** θ of a recurrent layer with two hidden units, over four times of three features. */
function recurrentTheta(gates: number): Record<string, Shape> {
  const rows = 2 * gates;
  return { X: [2, 4, 3], Wx: [rows, 3], Wh: [rows, 2], bx: [rows], bh: [rows] };
}

/** Recurrent layers and attention. */
export const sequences: readonly LayerDescription[] = [
  {
    layer: { type: 'rnn', ...weights, initialHidden: 'h' },
    theta: { ...recurrentTheta(1), h: [2, 2] },
    output: (theta) => rnnStates(theta, {}),
  },
  {
    layer: { type: 'rnn', ...weights, direction: 'reverse', output: 'last' },
    theta: recurrentTheta(1),
    output: (theta) => rnnStates(theta, { reverse: true, last: true }),
  },
  {
    layer: { type: 'rnn', inputWeights: 'Wx', hiddenWeights: 'Wh', inputBias: 'bx', nonlinearity: 'relu' },
    theta: { X: [2, 2, 3], Wx: [2, 3], Wh: [2, 2], bx: [2] },
    output: (theta) => rnnStates(theta, {}, (z) => Math.max(z, 0)),
  },
  {
    layer: { type: 'lstm', ...weights, initialHidden: 'h', initialCell: 'c' },
    theta: { ...recurrentTheta(4), h: [2, 2], c: [1, 2, 2] },
    output: (theta) => lstmStates(theta, {}),
  },
  {
    layer: { type: 'lstm', ...weights, direction: 'reverse', output: 'last' },
    theta: recurrentTheta(4),
    output: (theta) => lstmStates(theta, { reverse: true, last: true }),
  },
  {
    layer: { type: 'gru', ...weights, initialHidden: 'h', direction: 'reverse' },
    theta: { ...recurrentTheta(3), h: [2, 2] },
    output: (theta) => gruStates(theta, { reverse: true }),
  },
  {
    layer: { type: 'gru', inputWeights: 'Wx', hiddenWeights: 'Wh', output: 'last' },
    theta: { X: [2, 3, 2], Wx: [6, 2], Wh: [6, 2] },
    output: (theta) => gruStates(theta, { last: true }),
  },
  {
    layer: { type: 'attention', causal: true },
    theta: { X: [2, 3, 2] },
    output: ({ X }) => attend([X, X, X], 1, true),
  },
  {
    layer: { type: 'attention', inputs: ['X', 'K', 'V'], heads: 2 },
    theta: { X: [2, 2, 4], K: [2, 3, 4], V: [2, 3, 2] },
    output: ({ X, K, V }) => attend([X, K, V], 2, false),
  },
  {
    layer: {
      type: 'multi-head-attention',
      heads: 2,
      inWeights: { query: 'Wq', key: 'Wk', value: 'Wv' },
      inBias: { query: 'bq', key: 'bk', value: 'bv' },
      outWeights: 'Wo',
      causal: true,
    },
    theta: { X: [2, 3, 3], Wq: [4, 3], Wk: [4, 3], Wv: [4, 3], Wo: [2, 4], bq: [4], bv: [4] },
    // Softmax does not feel what all scores of a query have in common, so the derivative by this bias is 0.
    data: { bk: [4] },
    output: ({ X, Wq, Wk, Wv, Wo, bq, bk, bv }) =>
      project(attend([project(X, Wq, bq), project(X, Wk, bk), project(X, Wv, bv)], 2, true), Wo),
  },
];
