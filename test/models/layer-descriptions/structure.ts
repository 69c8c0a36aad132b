import { at, fill } from '../../conformance/model-conformance.ts';
import type { LayerDescription } from './layer-description.ts';

const input = { X: [3, 4] };

/** Dense layers, and layers that join activations or lay them out anew. */
export const structure: readonly LayerDescription[] = [
  { layer: { type: 'dropout', rate: 0 }, theta: input, columns: true, output: ({ X }) => X },
  {
    layer: { type: 'dropout', rate: 0.25, mask: 'M' },
    theta: input,
    data: { M: fill([3, 4], ([i, j]) => Number((i + 2 * j) % 4 !== 0)) },
    columns: true,
    output: ({ X, M }) => fill(X.shape, ([i, j]) => (at(X, i, j) * at(M, i, j)) / 0.75),
  },
  {
    layer: { type: 'dense', weights: 'W', bias: 'b' },
    theta: { ...input, W: [4, 2], b: [2] },
    columns: true,
    output: ({ X, W, b }) =>
      fill([3, 2], ([i, j]) => [0, 1, 2, 3].reduce((sum, k) => sum + at(X, i, k) * at(W, k, j), at(b, j))),
  },
  {
    layer: { type: 'dense', weights: 'W', bias: 'b' },
    theta: { X: [2, 3, 4], W: [4, 2], b: [2] },
    output: ({ X, W, b }) =>
      fill([2, 3, 2], ([i, t, j]) =>
        [0, 1, 2, 3].reduce((sum, k) => sum + at(X, i, t, k) * at(W, k, j), at(b, j)),
      ),
  },
  {
    layer: { type: 'add', inputs: ['X', 'A', 'X'] },
    theta: { ...input, A: [3, 4] },
    columns: true,
    output: ({ X, A }) => fill(X.shape, ([i, j]) => 2 * at(X, i, j) + at(A, i, j)),
  },
  {
    layer: { type: 'add', inputs: ['X', 'P'] },
    theta: { X: [2, 3, 4], P: [3, 4] },
    output: ({ X, P }) => fill(X.shape, ([i, t, j]) => at(X, i, t, j) + at(P, t, j)),
  },
  {
    layer: { type: 'multiply', inputs: ['X', 'A'] },
    theta: { ...input, A: [3, 1] },
    columns: true,
    output: ({ X, A }) => fill(X.shape, ([i, j]) => at(X, i, j) * at(A, i, 0)),
  },
  {
    layer: { type: 'concat', inputs: ['X', 'A'] },
    theta: { ...input, A: [3, 2] },
    columns: true,
    output: ({ X, A }) => fill([3, 6], ([i, j]) => (j < 4 ? at(X, i, j) : at(A, i, j - 4))),
  },
  {
    layer: { type: 'concat', inputs: ['A', 'X'], axis: 1 },
    theta: { X: [2, 3, 2], A: [2, 1, 2] },
    output: ({ X, A }) => fill([2, 4, 2], ([i, t, j]) => (t < 1 ? at(A, i, 0, j) : at(X, i, t - 1, j))),
  },
  { layer: { type: 'flatten' }, theta: { X: [2, 3, 2] }, output: ({ X }) => ({ ...X, shape: [2, 6] }) },
  { layer: { type: 'flatten' }, theta: input, columns: true, output: ({ X }) => X },
  {
    layer: { type: 'reshape', shape: [3, 2, 2] },
    theta: { X: [2, 4, 3] },
    output: ({ X }) => ({ ...X, shape: [2, 3, 2, 2] }),
  },
  {
    layer: { type: 'transpose', axes: [0, 3, 1, 2] },
    theta: { X: [2, 3, 1, 2] },
    output: ({ X }) => fill([2, 2, 3, 1], ([i, a, b, c]) => at(X, i, b, c, a)),
  },
  {
    layer: { type: 'embedding', weights: 'E' },
    theta: { E: [4, 2] },
    // A row that is picked several times, and one that is not picked.
    data: { X: fill([2, 3], ([i, t]) => [1, 0, 1, 1, 2, 0][3 * i + t]) },
    output: ({ X, E }) => fill([2, 3, 2], ([i, t, j]) => at(E, at(X, i, t), j)),
  },
];
