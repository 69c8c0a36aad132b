import { z } from 'zod';
import { layerKind } from './layer.ts';
import { projectBoth, readParts, recurrentFields, unroll } from './recurrent.ts';

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
    return unroll(parts, layer, [parts.initialHidden], site, (x, [h]) => [
      site.apply(layer.nonlinearity, [projectBoth(x, h, parts, site)]),
    ]);
  },
);
