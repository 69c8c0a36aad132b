import { z } from 'zod';
import { layerKind } from './layer.ts';
import { initialState, projectBoth, readParts, recurrentFields, splitGates, unroll } from './recurrent.ts';

/**
 * Long short-term memory with a forget gate, without peepholes, as PyTorch and Gers et al. (Neural Computation 12, 2000)
 * have it. The rows of weights and biases are the gates i, f, g, o, in this order:
 * [i f g o] = x·W_ihᵀ + b_ih + h·W_hhᵀ + b_hh, c' = σ(f)·c + σ(i)·tanh(g), h' = σ(o)·tanh(c').
 */
export const lstm = layerKind(
  'lstm',
  z
    .strictObject({
      type: z.literal('lstm'),
      ...recurrentFields,
      initialCell: z
        .string()
        .optional()
        .describe('Name of the cell state before the first step, [examples, hidden]. By default zeros.'),
    })
    .describe(
      'c′ = σ(f)·c + σ(i)·tanh(g), h′ = σ(o)·tanh(c′) with the gates [i f g o] = x·W_ihᵀ + b_ih + h·W_hhᵀ + b_hh, over ' +
        'the time of [examples, time, features].',
    ),
  (layer, input, site) => {
    const parts = readParts(layer, 4, input, site);
    if (parts === undefined) return undefined;
    const cell = initialState(layer.initialCell, 'initialCell', parts.examples, parts.hidden, site);
    return unroll(parts, layer, [parts.initialHidden, cell], site, (x, [h, c]) => {
      const [i, f, g, o] = splitGates(4, projectBoth(x, h, parts, site), site);
      const kept = site.apply('multiply', [site.apply('sigmoid', [f]), c]);
      const added = site.apply('multiply', [site.apply('sigmoid', [i]), site.apply('tanh', [g])]);
      const next = site.apply('add', [kept, added]);
      return [site.apply('multiply', [site.apply('sigmoid', [o]), site.apply('tanh', [next])]), next];
    });
  },
);
