import { z } from 'zod';
import { formatShape, type Shape } from '../../tensors/tensor.ts';
import { channelParameter } from './channel-parameter.ts';
import { type LayerKind, layerKind } from './layer.ts';
import type { MaybeNode, Site } from './site.ts';
import { type ImageAxes, imageShape, paddingSchema, perAxis, slidingWindows, unfold } from './windows.ts';

/** The fields that convolutions, transposed ones included, share. */
export function convolutionFields(axes: ImageAxes, weightAxes: string) {
  return {
    weights: z.string().describe(`Name of the weights: ${weightAxes}, whatever weightLayout says.`),
    bias: z.string().optional().describe('Name of the bias: one number per output channel, [outputs].'),
    stride: perAxis(axes, 1).default(1).describe('Step from one position to the next.'),
    dilation: perAxis(axes, 1).default(1).describe('Step from one entry of the window to the next.'),
    groups: z
      .number()
      .int()
      .min(1)
      .default(1)
      .describe('Channels are parted into so many groups in their order; each is convolved by itself.'),
  };
}

/** A cross-correlation, as every framework calls a convolution: the window is not turned round. */
function convolution(axes: ImageAxes): LayerKind {
  const type = `conv${axes}d`;
  return layerKind(
    type,
    z
      .strictObject({
        type: z.literal(type),
        ...convolutionFields(axes, `[outputs,channels / groups,${axes === 1 ? 'taps' : 'rows,columns'}]`),
        padding: paddingSchema(axes),
      })
      .describe(
        'z[o, p] = Σ W[o, c, t]·x[c, p·stride + t·dilation − padding] + b[o], over channels c and taps t.',
      ),
    (layer, input, site) => {
      if (!site.needsBatchFirst()) return undefined;
      const weights = site.tensor(layer.weights, 'weights');
      const image = imageShape(input, axes, site);
      const shape = site.shapeOf(weights);
      if (image === undefined || shape === undefined) return undefined;
      if (!weightsFit(layer.weights, shape, image, layer.groups, site)) return undefined;
      const windows = slidingWindows(image, shape.slice(2), layer, site);
      if (windows === undefined) return undefined;
      const product = site.apply('patch-product', [unfold(input, windows, 'zero', site), weights]);
      return withBias(product, layer.bias, shape[0], site);
    },
  );
}

function weightsFit(name: string, weights: Shape, image: Shape, groups: number, site: Site): boolean {
  const [outputs, depth, ...taps] = weights;
  const channels = image[1];
  const detail = () => {
    if (weights.length !== image.length) {
      return `but weights have ${image.length} axes, [outputs,channels / groups,…taps]`;
    }
    if (channels % groups !== 0)
      return `and its input's ${channels} channels cannot be parted into ${groups} groups`;
    if (outputs % groups !== 0) return `whose ${outputs} outputs cannot be parted into ${groups} groups`;
    if (depth * groups === channels) return undefined;
    const fitting = formatShape([outputs, channels / groups, ...taps]);
    return `but its input has ${channels} channels in ${groups === 1 ? 'one group' : `${groups} groups`}: ${fitting} would fit`;
  };
  const problem = detail();
  if (problem !== undefined) site.fault(`${name} has shape ${formatShape(weights)}, ${problem}`, 'weights');
  return problem === undefined;
}

/** Adds one number per channel. */
export function withBias(
  images: MaybeNode,
  name: string | undefined,
  channels: number,
  site: Site,
): MaybeNode {
  const rank = site.shapeOf(images)?.length;
  if (name === undefined || rank === undefined) return images;
  return site.apply('add', [images, channelParameter(name, 'bias', channels, { axis: 1, rank }, site)]);
}

export const convolutions: readonly LayerKind[] = [convolution(1), convolution(2)];
