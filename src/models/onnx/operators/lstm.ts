import type { NodeSite } from '../node-site.ts';
import type { OnnxValue } from '../onnx-value.ts';
import { type Cell, gateOf, ofDirection, oneLess, projected, type RecurrentKind } from './recurrence.ts';

/**
 * Long short-term memory, with peepholes p where there are any. Gates come as i, o, f, c in the rows of the weights:
 * i = f(zᵢ + pᵢ·c), f = f(z_f + p_f·c), c' = f·c + i·g(z_c), o = f(z_o + p_o·c'), h' = o·h(c').
 */
export const lstm: RecurrentKind = {
  gates: 4,
  initialInputs: [5, 6],
  activations: ['Sigmoid', 'Tanh', 'Tanh'],
  stepOf(node, cell, direction) {
    const peepholes = readPeepholes(node, cell, direction);
    const isCoupled = node.attributes.flag('input_forget') ?? false;
    const [f, g, h] = cell.activations;
    const peeked = (z: OnnxValue, gate: number, state: OnnxValue) => {
      const weights = peepholes?.[gate];
      return weights === undefined ? z : node.apply('add', [z, node.apply('multiply', [state, weights])]);
    };
    return (x, [hidden, before]) => {
      const all = projected(node, x, hidden, cell);
      const [zi, zo, zf, zc] = [0, 1, 2, 3].map((gate) => gateOf(node, all, gate, cell));
      const input = f(peeked(zi, 0, before));
      const forget = isCoupled ? oneLess(node, input) : f(peeked(zf, 2, before));
      const kept = node.apply('multiply', [forget, before]);
      const state = node.apply('add', [kept, node.apply('multiply', [input, g(zc)])]);
      const output = f(peeked(zo, 1, state));
      return [node.apply('multiply', [output, h(state)]), state];
    };
  },
};

/** For the gates i, o, f. */
function readPeepholes(node: NodeSite, cell: Cell, direction: number): readonly OnnxValue[] | undefined {
  const given = node.optional(7);
  if (given === undefined) return undefined;
  const own = ofDirection(node, given, direction);
  if (own.shape.join() !== String(3 * cell.hidden)) node.refuse('its peepholes are not three for each unit');
  return [0, 1, 2].map((gate) => gateOf(node, own, gate, cell));
}
