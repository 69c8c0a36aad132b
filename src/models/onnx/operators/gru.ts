import type { NodeSite } from '../node-site.ts';
import type { OnnxValue } from '../onnx-value.ts';
import { type Cell, gateOf, oneLess, type RecurrentKind } from './recurrence.ts';

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
    return (x, [h]) => {
      const ofInput = affine(node, x, cell.weights, cell.biases?.[0]);
      const ofHidden = affine(node, h, cell.recurrence, cell.biases?.[1]);
      const gate = (all: OnnxValue, position: number) => gateOf(node, all, position, cell);
      const sum = (position: number) =>
        node.apply('add', [gate(ofInput, position), gate(ofHidden, position)]);
      const [z, r] = [f(sum(0)), f(sum(1))];
      const reset = isLinearFirst
        ? node.apply('multiply', [r, gate(ofHidden, 2)])
        : gate(resetBefore(node, r, h, cell), 2);
      const candidate = g(node.apply('add', [gate(ofInput, 2), reset]));
      const added = node.apply('multiply', [oneLess(node, z), candidate]);
      return [node.apply('add', [added, node.apply('multiply', [z, h])])];
    };
  },
};

/** For all gates, of which one is asked for: so the weights are never cut, and can be gone back through unit by unit. */
function resetBefore(node: NodeSite, r: OnnxValue, h: OnnxValue, cell: Cell): OnnxValue {
  return affine(node, node.apply('multiply', [r, h]), cell.recurrence, cell.biases?.[1]);
}

/** x·Wᵀ + b. */
function affine(node: NodeSite, x: OnnxValue, weights: OnnxValue, bias: OnnxValue | undefined): OnnxValue {
  const product = node.apply('matmul', [x, weights], { transposeB: true });
  return bias === undefined ? product : node.apply('add', [product, bias]);
}
