import { z } from 'zod';
import { type LayerKind, layerKind } from './layer.ts';

/** An activation that is one op of the graph, entry by entry. */
function elementwise(type: string, formula: string): LayerKind {
  const schema = z.strictObject({ type: z.literal(type) }).describe(formula);
  return layerKind(type, schema, (_layer, input, site) => site.apply(type, [input]));
}

/** An activation over the features of each example. */
function overFeatures(type: string, formula: string): LayerKind {
  const schema = z.strictObject({ type: z.literal(type) }).describe(formula);
  return layerKind(type, schema, (_layer, input, site) =>
    site.apply(type, [input], { axis: site.layout.featureAxis }),
  );
}

const leakyRelu = layerKind(
  'leaky-relu',
  z
    .strictObject({
      type: z.literal('leaky-relu'),
      slope: z.number().default(0.01).describe('The slope where z < 0.'),
    })
    .describe('z where z > 0, slope·z elsewhere.'),
  ({ slope }, input, site) => site.apply('leaky-relu', [input], { slope }),
);

export const activations: readonly LayerKind[] = [
  elementwise('relu', 'max(z, 0).'),
  leakyRelu,
  elementwise('sigmoid', '1/(1 + e⁻ᶻ).'),
  elementwise('tanh', 'tanh z.'),
  elementwise('softplus', 'log(1 + eᶻ).'),
  overFeatures('softmax', 'eᶻ over its sum, over the features of each example.'),
  overFeatures('log-softmax', 'The logarithm of softmax, over the features of each example.'),
];
