import { z } from 'zod';
import { formatShape } from '../../tensors/tensor.ts';
import { layerKind } from './layer.ts';
import type { Layout } from './layout.ts';
import { perFeature } from './per-feature.ts';
import type { MaybeNode, Site } from './site.ts';

/**
 * A fully connected layer. With n outputs the bias has shape [n,1] or [n] when features come first, [n] or [1,n] when
 * examples do; it is added to every example. Of an activation with more axes ([examples, time, features]) every line
 * of features is taken by itself.
 */
export const dense = layerKind(
  'dense',
  z
    .strictObject({
      type: z.literal('dense'),
      weights: z
        .string()
        .describe('Name of the weights. Their axes are in the order that weightLayout says.'),
      bias: z
        .string()
        .optional()
        .describe('Name of the bias: [n,1] or [n] for features-first, [n] or [1,n] for batch-first.'),
    })
    .describe('Z = W·X + b (features-first) or Z = X·W + b (batch-first).'),
  (layer, input, site) => {
    const weights = matrix(layer.weights, site);
    const product = multiply(layer.weights, weights, input, site);
    if (layer.bias === undefined) return product;
    const bias = alignedBias(layer.bias, weights, site);
    return bias === undefined ? product : site.apply('add', [product, bias]);
  },
);

/** Positions of the axes of the weights. */
function axesOf(layout: Layout): { readonly inputs: 0 | 1; readonly outputs: 0 | 1 } {
  return layout.weightLayout === 'out-in' ? { inputs: 1, outputs: 0 } : { inputs: 0, outputs: 1 };
}

function matrix(name: string, site: Site): MaybeNode {
  const weights = site.tensor(name, 'weights');
  const shape = site.shapeOf(weights);
  if (shape === undefined || shape.length === 2) return weights;
  const order = site.layout.weightLayout === 'out-in' ? '[outputs,inputs]' : '[inputs,outputs]';
  site.fault(`${name} has shape ${formatShape(shape)}, but weights have two axes, ${order}`, 'weights');
  return undefined;
}

/** The weights times the input, or a stand-in where they do not fit. */
function multiply(name: string, weights: MaybeNode, input: MaybeNode, site: Site): MaybeNode {
  const shape = site.shapeOf(weights);
  if (shape === undefined) return undefined;
  const { inputs, outputs } = axesOf(site.layout);
  const inputShape = site.shapeOf(input);
  if (inputShape === undefined) return site.standIn(shape[outputs], undefined);
  const axis = site.featureAxis(input);
  if (axis === undefined) return undefined;

  const features = inputShape[axis];
  if (shape[inputs] !== features) {
    const fitting = inputs === 1 ? `[${shape[outputs]},${features}]` : `[${features},${shape[outputs]}]`;
    const transposed = shape[outputs] === features ? ', and so would its transpose' : '';
    site.fault(
      `${name} has shape ${formatShape(shape)}, but its input has ${features} features (shape ` +
        `${formatShape(inputShape)}): ${fitting} would fit${transposed}`,
      'weights',
    );
    return site.standIn(shape[outputs], inputShape);
  }
  return site.layout.name === 'features-first'
    ? site.apply('matmul', [weights, input], { transposeA: outputs === 1 })
    : site.apply('matmul', [input, weights], { transposeB: outputs === 0 });
}

function alignedBias(name: string, weights: MaybeNode, site: Site): MaybeNode {
  const count = site.shapeOf(weights)?.[axesOf(site.layout).outputs];
  if (count !== undefined) return perFeature(name, 'bias', count, `the layer has ${count} outputs`, site);
  // Its name can be judged all the same.
  site.tensor(name, 'bias');
  return undefined;
}
