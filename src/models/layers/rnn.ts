import { z } from 'zod';
import { layerKind } from './layer.ts';
import { product, projectInput, readParts, recurrentFields, unroll } from './recurrent.ts';

/** Elman's network (Cognitive Science 14, 1990): h' = f(x·W_ihᵀ + b_ih + h·W_hhᵀ + b_hh). */
export const rnn = layerKind(
  'rnn',
  z
    .strictObject({
      type: z.literal('rnn'),
      ...recurrentFields,
      nonlinearity: z.enum(['tanh', 'relu']).default('tanh').describe('f.'),
    })
    .describe('h′ = f(x·W_ihᵀ + b_ih + h·W_hhᵀ + b_hh) over the time of [examples, time, features].'),
  (layer, input, site) => {
    const parts = readParts(layer, 1, input, site);
    if (parts === undefined) return undefined;
    const projected = site.apply('add', [projectInput(parts, site), parts.hiddenBias]);
    return unroll(parts, layer, projected, [parts.initialHidden], site, (x, [h]) => {
      const sum = site.apply('add', [x, product(h, parts.hiddenWeights, site)]);
      return [site.apply(layer.nonlinearity, [sum])];
    });
  },
);
