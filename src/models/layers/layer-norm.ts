import { z } from 'zod';
import { formatShape, type Shape, sameShape } from '../../tensors/tensor.ts';
import { type LayerKind, layerKind } from './layer.ts';
import type { MaybeNode, Site } from './site.ts';
import { epsilonSchema, meanSquare, momentsOver, overRoot, scaleAndShift } from './standardization.ts';

const axesSchema = z
  .number()
  .int()
  .min(1)
  .default(1)
  .describe('How many axes, from the last one, are taken together: 1 for the features, 3 for a whole image.');

const gainSchema = z
  .string()
  .optional()
  .describe('Name of the gain γ, in the shape of the axes taken together.');

/** Layer normalisation (Ba, Kiros and Hinton 2016): each example, or each step of one, by itself. */
const layerNorm = layerKind(
  'layer-norm',
  z
    .strictObject({
      type: z.literal('layer-norm'),
      axes: axesSchema,
      gain: gainSchema,
      bias: z.string().optional().describe('Name of the bias β, in the shape of the axes taken together.'),
      epsilon: epsilonSchema,
    })
    .describe('γ·(x − mean)/√(variance + ε) + β, mean and variance (divided by n) over the last axes.'),
  (layer, input, site) => {
    const axes = lastAxes(layer.axes, input, site);
    if (axes === undefined) return undefined;
    const { centred, variance } = momentsOver(input, axes, site);
    const standard = overRoot(centred, variance, layer.epsilon, site);
    return scaleAndShift(standard, layer, (name, field) => overAxes(name, field, input, axes, site), site);
  },
);

/** Root mean square normalisation (Zhang and Sennrich 2019): no mean is taken off. */
const rmsNorm = layerKind(
  'rms-norm',
  z
    .strictObject({ type: z.literal('rms-norm'), axes: axesSchema, gain: gainSchema, epsilon: epsilonSchema })
    .describe('γ·x/√(mean(x²) + ε), the mean over the last axes.'),
  (layer, input, site) => {
    const axes = lastAxes(layer.axes, input, site);
    if (axes === undefined) return undefined;
    const standard = overRoot(input, meanSquare(input, axes, site), layer.epsilon, site);
    return scaleAndShift(standard, layer, (name, field) => overAxes(name, field, input, axes, site), site);
  },
);

/** The axes that are normalised together: the last ones, or the features where those come first. */
function lastAxes(count: number, input: MaybeNode, site: Site): readonly number[] | undefined {
  const shape = site.shapeOf(input);
  if (shape === undefined) return undefined;
  if (count >= shape.length) {
    site.fault(
      `its input has shape ${formatShape(shape)}, so at most ${shape.length - 1} besides the examples`,
      'axes',
    );
    return undefined;
  }
  if (site.layout.name === 'features-first') return [0];
  return Array.from({ length: count }, (_, i) => shape.length - count + i);
}

/** A gain or a bias in the shape in which it broadcasts; another shape than that of the axes is a fault. */
function overAxes(
  name: string,
  field: string,
  input: MaybeNode,
  axes: readonly number[],
  site: Site,
): MaybeNode {
  const tensor = site.tensor(name, field);
  const shape = site.shapeOf(tensor);
  const full: Shape = site.shapeOf(input) ?? [];
  const wanted = axes.map((axis) => full[axis]);
  if (shape === undefined) return undefined;
  if (sameShape(shape, wanted)) {
    return site.layout.name === 'features-first' ? site.reshape(tensor, [...wanted, 1]) : tensor;
  }
  site.fault(`${name} has shape ${formatShape(shape)}, but ${formatShape(wanted)} would fit`, field);
  return undefined;
}

export const layerNorms: readonly LayerKind[] = [layerNorm, rmsNorm];
