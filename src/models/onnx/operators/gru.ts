import type { NodeSite } from '../node-site.ts';
import type { OnnxValue } from '../onnx-value.ts';
import { slicedAlong } from './cutting.ts';
import { type Cell, gateOf, oneLess, projected, type RecurrentKind } from './recurrence.ts';

/**
 * Gated recurrent unit. Gates come as z, r, h in the rows of the weights: h' = (1 − z)·g(…) + z·h, where the reset r is
 * applied to h before its product with R_h, or, with `linear_before_reset`, to that product and its bias.
 */
export const gru: RecurrentKind = {
  gates: 3,
  initialInputs: [5],
  activations: ['Sigmoid', 'Tanh'],
  stepOf(node, cell) {
    const isLinearFirst = node.attributes.flag('linear_before_reset') ?? false;
    const [f, g] = cell.activations;
    const gates = rowsOf(node, cell, 0, 2);
    const candidate = rowsOf(node, cell, 2, 3);
    return (x, [h]) => {
      const both = projected(node, x, h, gates);
      const [z, r] = [f(gateOf(node, both, 0, cell)), f(gateOf(node, both, 1, cell))];
      const sum = isLinearFirst
        ? resetProduct(node, x, h, r, candidate)
        : projected(node, x, node.apply('multiply', [r, h]), candidate);
      const added = node.apply('multiply', [oneLess(node, z), g(sum)]);
      return [node.apply('add', [added, node.apply('multiply', [z, h])])];
    };
  },
};

/** x·Wᵀ + b + r·(h·Rᵀ + b'). */
function resetProduct(node: NodeSite, x: OnnxValue, h: OnnxValue, r: OnnxValue, cell: Cell): OnnxValue {
  const [ofInput, ofHidden] = cell.biases ?? [];
  const biased = (product: OnnxValue, bias: OnnxValue | undefined) =>
    bias === undefined ? product : node.apply('add', [product, bias]);
  const input = biased(node.apply('matmul', [x, cell.weights], { transposeB: true }), ofInput);
  const hidden = biased(node.apply('matmul', [h, cell.recurrence], { transposeB: true }), ofHidden);
  return node.apply('add', [input, node.apply('multiply', [r, hidden])]);
}

/** A cell of some of its gates. */
function rowsOf(node: NodeSite, cell: Cell, from: number, to: number): Cell {
  const cut = (value: OnnxValue) => slicedAlong(node, value, 0, from * cell.hidden, to * cell.hidden);
  return {
    ...cell,
    weights: cut(cell.weights),
    recurrence: cut(cell.recurrence),
    biases: cell.biases && [cut(cell.biases[0]), cut(cell.biases[1])],
  };
}
