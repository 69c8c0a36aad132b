import { z } from 'zod';
import { layerKind } from './layer.ts';
import { projectHidden, projectInput, readParts, recurrentFields, splitGates, unroll } from './recurrent.ts';

/**
 * Gated recurrent unit (Cho et al. 2014) as PyTorch has it: the reset gate multiplies the product h·W_hnᵀ + b_hn, not h.
 * The rows of weights and biases are the gates r, z, n, in this order: r = σ(x_r + h_r), z = σ(x_z + h_z),
 * n = tanh(x_n + r·h_n), h' = (1 − z)·n + z·h, where x_· = x·W_ihᵀ + b_ih and h_· = h·W_hhᵀ + b_hh.
 */
export const gru = layerKind(
  'gru',
  z
    .strictObject({ type: z.literal('gru'), ...recurrentFields })
    .describe(
      'h′ = (1 − z)·n + z·h with r = σ(x_r + h_r), z = σ(x_z + h_z), n = tanh(x_n + r·h_n), ' +
        '[x_r x_z x_n] = x·W_ihᵀ + b_ih, [h_r h_z h_n] = h·W_hhᵀ + b_hh, over the time of [examples, time, features].',
    ),
  (layer, input, site) => {
    const parts = readParts(layer, 3, input, site);
    if (parts === undefined) return undefined;
    return unroll(parts, layer, [parts.initialHidden], site, (x, [h]) => {
      const given = site.apply('add', [projectInput(x, parts, site), parts.inputBias]);
      const hidden = site.apply('add', [projectHidden(h, parts, site), parts.hiddenBias]);
      const [xr, xz, xn] = splitGates(3, given, site);
      const [hr, hz, hn] = splitGates(3, hidden, site);
      const r = site.apply('sigmoid', [site.apply('add', [xr, hr])]);
      const z = site.apply('sigmoid', [site.apply('add', [xz, hz])]);
      const n = site.apply('tanh', [site.apply('add', [xn, site.apply('multiply', [r, hn])])]);
      // n + z·(h − n) is (1 − z)·n + z·h with one product less.
      const change = site.apply('multiply', [z, site.apply('subtract', [h, n])]);
      return [site.apply('add', [n, change])];
    });
  },
);
