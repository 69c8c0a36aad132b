import { type OnnxOperator, operator } from '../operator.ts';
import { gru } from './gru.ts';
import { lstm } from './lstm.ts';
import { gateOf, projected, type RecurrentKind, recurrent } from './recurrence.ts';

/** h' = f(x·Wᵀ + h·Rᵀ + biases). */
const rnn: RecurrentKind = {
  gates: 1,
  initialInputs: [5],
  activations: ['Tanh'],
  stepOf(node, cell) {
    const [f] = cell.activations;
    return (x, [h]) => [f(gateOf(node, projected(node, x, h, cell), 0, cell))];
  },
};

/** Recurrent layers, unrolled over time. */
export const recurrentLayers: readonly OnnxOperator[] = [
  operator('RNN', 7, (node) => recurrent(node, rnn)),
  operator('LSTM', 7, (node) => recurrent(node, lstm)),
  operator('GRU', 7, (node) => recurrent(node, gru)),
];
