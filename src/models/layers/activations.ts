import { z } from 'zod';
import { sizeOf } from '../../tensors/tensor.ts';
import { type LayerKind, layerKind } from './layer.ts';
import { perFeature } from './per-feature.ts';
import type { MaybeNode, Site } from './site.ts';

/** An activation without settings, entry by entry: one op of the graph, or a formula of several. */
function elementwise(
  type: string,
  formula: string,
  lower: (z: MaybeNode, site: Site) => MaybeNode = (z, site) => site.apply(type, [z]),
): LayerKind {
  const schema = z.strictObject({ type: z.literal(type) }).describe(formula);
  return layerKind(type, schema, (_layer, input, site) => lower(input, site));
}

/** An activation over the features of each example. */
function overFeatures(type: string, formula: string): LayerKind {
  const schema = z.strictObject({ type: z.literal(type) }).describe(formula);
  return layerKind(type, schema, (_layer, input, site) => {
    const axis = site.featureAxis(input);
    return axis === undefined ? undefined : site.apply(type, [input], { axis });
  });
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

const elu = layerKind(
  'elu',
  z
    .strictObject({
      type: z.literal('elu'),
      alpha: z.number().default(1).describe('α: −α is what the activation tends to.'),
    })
    .describe('z where z > 0, α·(eᶻ − 1) elsewhere.'),
  ({ alpha }, input, site) => exponentialUnit(input, 1, alpha, site),
);

const celu = layerKind(
  'celu',
  z
    .strictObject({
      type: z.literal('celu'),
      alpha: z.number().positive().default(1).describe('α: −α is what the activation tends to.'),
    })
    .describe('z where z > 0, α·(e^(z/α) − 1) elsewhere.'),
  ({ alpha }, input, site) => {
    const { above, below } = halves(input, site);
    const exponential = site.apply('expm1', [site.apply('divide', [below, site.scalar(alpha)])]);
    return site.apply('add', [above, scaled(exponential, alpha, site)]);
  },
);

/** λ and α of Klambauer et al., "Self-normalizing neural networks" (2017). */
const [SELU_SCALE, SELU_ALPHA] = [1.0507009873554805, 1.6732632423543772];

const selu = elementwise(
  'selu',
  'λ·z where z > 0, λ·α·(eᶻ − 1) elsewhere; λ = 1.0507009873554805, α = 1.6732632423543772.',
  (z, site) => exponentialUnit(z, SELU_SCALE, SELU_SCALE * SELU_ALPHA, site),
);

/** scale·max(z, 0) + steepness·(e^min(z, 0) − 1): nothing overflows, and expm1 loses nothing near 0. */
function exponentialUnit(z: MaybeNode, scale: number, steepness: number, site: Site): MaybeNode {
  const { above, below } = halves(z, site);
  const exponential = scaled(site.apply('expm1', [below]), steepness, site);
  return site.apply('add', [scaled(above, scale, site), exponential]);
}

/** max(z, 0) and min(z, 0) by a single piecewise op, so that there is a single kink to judge slopes at. */
function halves(z: MaybeNode, site: Site): { readonly above: MaybeNode; readonly below: MaybeNode } {
  const above = site.apply('relu', [z]);
  return { above, below: site.apply('subtract', [z, above]) };
}

const gelu = layerKind(
  'gelu',
  z
    .strictObject({
      type: z.literal('gelu'),
      approximate: z
        .enum(['none', 'tanh'])
        .default('none')
        .describe('none: z·Φ(z). tanh: ½z·(1 + tanh(√(2/π)·(z + 0.044715z³))).'),
    })
    .describe('z·Φ(z) = ½z·(1 + erf(z/√2)), or its approximation by tanh (Hendrycks and Gimpel 2016).'),
  ({ approximate }, input, site) => {
    const bend = approximate === 'tanh' ? geluTanh(input, site) : geluErf(input, site);
    return site.apply('multiply', [scaled(input, 0.5, site), plus(bend, 1, site)]);
  },
);

function geluErf(z: MaybeNode, site: Site): MaybeNode {
  return site.apply('erf', [scaled(z, Math.SQRT1_2, site)]);
}

function geluTanh(z: MaybeNode, site: Site): MaybeNode {
  const cube = site.apply('multiply', [site.apply('square', [z]), z]);
  const inner = site.apply('add', [z, scaled(cube, 0.044715, site)]);
  return site.apply('tanh', [scaled(inner, Math.sqrt(2 / Math.PI), site)]);
}

const prelu = layerKind(
  'prelu',
  z
    .strictObject({
      type: z.literal('prelu'),
      slope: z
        .string()
        .describe('Name of the slope where z < 0: one number, or one per feature in the shapes of a bias.'),
    })
    .describe('z where z > 0, a·z elsewhere, where the slope a is a tensor.'),
  ({ slope }, input, site) => {
    const { above, below } = halves(input, site);
    return site.apply('add', [above, site.apply('multiply', [slopesOf(slope, input, site), below])]);
  },
);

function slopesOf(name: string, input: MaybeNode, site: Site): MaybeNode {
  const slopes = site.tensor(name, 'slope');
  const shape = site.shapeOf(slopes);
  if (shape !== undefined && sizeOf(shape) === 1) return site.reshape(slopes, [1]);
  const axis = site.featureAxis(input);
  const count = axis === undefined ? undefined : site.shapeOf(input)?.[axis];
  return count === undefined
    ? undefined
    : perFeature(name, 'slope', count, `its input has ${count} features`, site);
}

export const activations: readonly LayerKind[] = [
  elementwise('relu', 'max(z, 0).'),
  elementwise('relu6', 'min(max(z, 0), 6).', (z, site) => clipped(z, 0, 6, site)),
  leakyRelu,
  prelu,
  elu,
  celu,
  selu,
  gelu,
  elementwise('sigmoid', '1/(1 + e⁻ᶻ).'),
  elementwise('log-sigmoid', '−log(1 + e⁻ᶻ).', (z, site) =>
    site.apply('negate', [site.apply('softplus', [site.apply('negate', [z])])]),
  ),
  elementwise('hard-sigmoid', 'min(max(z + 3, 0), 6)/6.', hardSigmoid),
  elementwise('tanh', 'tanh z.'),
  elementwise('hard-tanh', 'min(max(z, −1), 1).', (z, site) => clipped(z, -1, 1, site)),
  elementwise('softplus', 'log(1 + eᶻ).'),
  elementwise('softsign', 'z/(1 + |z|).', (z, site) =>
    site.apply('divide', [z, plus(site.apply('abs', [z]), 1, site)]),
  ),
  elementwise('silu', 'z/(1 + e⁻ᶻ), also called swish.', (z, site) =>
    site.apply('multiply', [z, site.apply('sigmoid', [z])]),
  ),
  elementwise('hard-swish', 'z·min(max(z + 3, 0), 6)/6.', (z, site) =>
    site.apply('multiply', [z, hardSigmoid(z, site)]),
  ),
  elementwise('mish', 'z·tanh(log(1 + eᶻ)).', (z, site) =>
    site.apply('multiply', [z, site.apply('tanh', [site.apply('softplus', [z])])]),
  ),
  overFeatures('softmax', 'eᶻ over its sum, over the features of each example.'),
  overFeatures('log-softmax', 'The logarithm of softmax, over the features of each example.'),
];

function hardSigmoid(z: MaybeNode, site: Site): MaybeNode {
  return site.apply('divide', [clipped(plus(z, 3, site), 0, 6, site), site.scalar(6)]);
}

function clipped(z: MaybeNode, least: number, most: number, site: Site): MaybeNode {
  return site.apply('minimum', [site.apply('maximum', [z, site.scalar(least)]), site.scalar(most)]);
}

function scaled(z: MaybeNode, factor: number, site: Site): MaybeNode {
  return factor === 1 ? z : site.apply('multiply', [z, site.scalar(factor)]);
}

function plus(z: MaybeNode, term: number, site: Site): MaybeNode {
  return site.apply('add', [z, site.scalar(term)]);
}
