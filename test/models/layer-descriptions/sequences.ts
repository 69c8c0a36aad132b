import type { Shape } from '../../../src/tensors/tensor.ts';
import { at, fill } from '../../conformance/model-conformance.ts';
import { attend, gruStates, lstmStates, project, rnnStates, type Sees } from '../plain-sequences.ts';
import type { LayerDescription } from './layer-description.ts';

const weights = { inputWeights: 'Wx', hiddenWeights: 'Wh', inputBias: 'bx', hiddenBias: 'bh' };

/** θ of a recurrent layer with two hidden units, over four times of three features. */
function recurrentTheta(gates: number): Record<string, Shape> {
  const rows = 2 * gates;
  return { X: [2, 4, 3], Wx: [rows, 3], Wh: [rows, 2], bx: [rows], bh: [rows] };
}

const causal: Sees = (_example, query, key) => key <= query;

/** The second of two examples is padded behind its first time. */
const padding = fill([2, 1, 3], ([i, , s]) => Number(i === 0 || s < 1));
const band = fill([3, 3], ([t, s]) => Number(Math.abs(t - s) < 2));

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
    output: ({ X }) => attend([X, X, X], 1, causal),
  },
  {
    layer: { type: 'attention', inputs: ['X', 'K', 'V'], heads: 2 },
    theta: { X: [2, 2, 4], K: [2, 3, 4], V: [2, 3, 2] },
    output: ({ X, K, V }) => attend([X, K, V], 2, () => true),
  },
  {
    layer: { type: 'attention', inputs: ['X', 'K'], heads: 2, mask: 'M' },
    theta: { X: [2, 2, 4], K: [2, 3, 4] },
    data: { M: fill([2, 2, 3], ([i, t, s]) => Number((i + t + s) % 3 !== 0)) },
    output: ({ X, K, M }) => attend([X, K, K], 2, (i, t, s) => at(M, i, t, s) === 1),
  },
  {
    layer: { type: 'attention', mask: 'M', causal: true },
    theta: { X: [2, 3, 2] },
    data: { M: padding },
    output: ({ X, M }) => attend([X, X, X], 1, (i, t, s) => causal(i, t, s) && at(M, i, 0, s) === 1),
  },
  {
    layer: { type: 'multi-head-attention', heads: 1, inWeights: 'Wi', outWeights: 'Wo', mask: 'M' },
    theta: { X: [2, 3, 2], Wi: [6, 2], Wo: [2, 2] },
    data: { M: band },
    output: ({ X, Wi, Wo, M }) => {
      const all = project(X, Wi);
      const [q, k, v] = [0, 2, 4].map((first) => fill([2, 3, 2], ([i, t, j]) => at(all, i, t, first + j)));
      return project(
        attend([q, k, v], 1, (_i, t, s) => at(M, t, s) === 1),
        Wo,
      );
    },
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
      project(attend([project(X, Wq, bq), project(X, Wk, bk), project(X, Wv, bv)], 2, causal), Wo),
  },
];
